namespace LayerTool.Architectures;

/// <summary>How the projections of queries, keys and values are stored.</summary>
public enum QkvLayout
{
    /// <summary>Three tensors.</summary>
    Separate,

    /// <summary>One tensor: all rows of q, then of k, then of v.</summary>
    Blocks,

    /// <summary>One tensor: for each key head the rows of its query heads, then its k, then its v.</summary>
    Groups,
}

/// <summary>What scores are multiplied with where config.json gives no factor.</summary>
public enum ScaleRule
{
    /// <summary>1 / √(head dim).</summary>
    HeadDim,

    /// <summary>1.</summary>
    None,
}

/// <summary>How ALiBi's slopes are laid over the heads.</summary>
public enum AlibiKind
{
    /// <summary>No ALiBi.</summary>
    None,

    /// <summary>Powers for the largest power of two of heads, then every second one between; bias beside the scaled product.</summary>
    Bloom,

    /// <summary>Bloom's slopes, rounded to bfloat16 as the bias is; the bias is scaled like the product, and counts twice.</summary>
    Falcon,

    /// <summary>Powers for the next power of two, every second one first.</summary>
    Mpt,
}

/// <summary>Attention of a family.</summary>
public sealed record AttentionSpec
{
    /// <summary>How q, k and v are stored.</summary>
    public QkvLayout Layout { get; init; }

    /// <summary>Biases of q, k and v.</summary>
    public Choice QkvBias { get; init; } = Choice.By("attention_bias");

    /// <summary>Bias of the output projection.</summary>
    public Choice OutputBias { get; init; } = Choice.By("attention_bias");

    /// <summary>Norm of queries and keys; null for none.</summary>
    public QkNormSpec? QkNorm { get; init; }

    /// <summary>Whether values are RMS-normed per head, without a weight.</summary>
    public bool ValueNorm { get; init; }

    /// <summary>Scale of the scores where no key gives it.</summary>
    public ScaleRule Scale { get; init; }

    /// <summary>Key of a factor that takes the scale's place.</summary>
    public string? ScaleKey { get; init; }

    /// <summary>Key of a number s: the scale is 1 / √s.</summary>
    public string? ScaleRootKey { get; init; }

    /// <summary>That number where absent.</summary>
    public double? DefaultScaleRoot { get; init; }

    /// <summary>Whether scores are also divided by the layer's own index + 1.</summary>
    public bool ScaleByIndex { get; init; }

    /// <summary>Key of a cap c: scores become c · tanh(score / c) before the mask.</summary>
    public string? SoftcapKey { get; init; }

    /// <summary>That cap where absent (null in the file means none).</summary>
    public double? DefaultSoftcap { get; init; }

    /// <summary>Key of a bound on q, k and v.</summary>
    public string? ClipKey { get; init; }

    /// <summary>Whether each head has a sink: a score of its own that takes its share of the softmax and gives nothing.</summary>
    public bool Sinks { get; init; }

    /// <summary>Whether the query projection also gives a gate of each head, behind its query: output · σ(gate).</summary>
    public bool OutputGate { get; init; }

    /// <summary>Whether scores get a bias by the key's position instead of rotations.</summary>
    public AlibiKind Alibi { get; init; }

    /// <summary>Low-rank queries, keys and values; null for plain projections.</summary>
    public LatentSpec? Latent { get; init; }

    /// <summary>Key of the number of last layers that read keys and values of an earlier layer of their kind.</summary>
    public string? SharedKvKey { get; init; }
}
