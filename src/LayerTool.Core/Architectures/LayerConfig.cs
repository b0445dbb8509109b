namespace LayerTool.Architectures;

/// <summary>What mixes tokens in a layer.</summary>
public enum TokenMixer
{
    /// <summary>Softmax attention.</summary>
    Attention,

    /// <summary>Gated delta rule.</summary>
    GatedDelta,

    /// <summary>Gated short convolution.</summary>
    ShortConvolution,
}

/// <summary>Which RoPE a layer turns its queries and keys by.</summary>
public enum LayerRotation
{
    /// <summary>None.</summary>
    None,

    /// <summary><see cref="ModelConfig.Rope"/>.</summary>
    Main,

    /// <summary><see cref="ModelConfig.LocalRope"/>.</summary>
    Local,
}

/// <summary>Where a layer's keys and values come from.</summary>
public enum KvRole
{
    /// <summary>Its own, for itself.</summary>
    Own,

    /// <summary>Its own, which later layers of its kind read too.</summary>
    Given,

    /// <summary>Those of the layer of its kind that was played last among the giving ones.</summary>
    Read,
}

/// <summary>What may differ from layer to layer of one checkpoint. A layer keeps it wherever a plan plays it.</summary>
public sealed record LayerConfig
{
    /// <summary>Number of tokens that attention sees, the own one included; null for all before it.</summary>
    public int? SlidingWindow { get; init; }

    /// <summary>Length of the chunks that attention stays within, counted from the first token; null for none.</summary>
    public int? ChunkSize { get; init; }

    /// <summary>How far back attention sees.</summary>
    public KeyReach Reach => new(SlidingWindow ?? ChunkSize, ChunkSize is not null);

    /// <summary>What mixes tokens.</summary>
    public TokenMixer Mixer { get; init; }

    /// <summary>Which RoPE.</summary>
    public LayerRotation Rotation { get; init; } = LayerRotation.Main;

    /// <summary>Number of key and value heads; divides <see cref="ModelConfig.AttentionHeads"/>. 0 where the layer has no attention half.</summary>
    public required int KvHeads { get; init; }

    /// <summary>Width of a head.</summary>
    public required int HeadDim { get; init; }

    /// <summary>Width inside the MLP where it is dense; 0 where the layer has no MLP half.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Whether the layer has an attention half. One that config.json drops may be stored all the same, and does not run.</summary>
    public bool HasAttention => KvHeads > 0;

    /// <summary>Whether the layer has an MLP half.</summary>
    public bool HasMlp => IntermediateSize > 0;

    /// <summary>Whether the MLP is a mixture of experts.</summary>
    public bool HasExperts { get; init; }

    /// <summary>Scores are divided by it beside their scale.</summary>
    public int ScoreDivisor { get; init; } = 1;

    /// <summary>Where keys and values come from.</summary>
    public KvRole Kv { get; init; }

    /// <summary>The layer in a model that cuts the same projections into heads of another width.</summary>
    /// <param name="own">Head width of the model that it is in.</param>
    /// <param name="other">Head width of the other.</param>
    internal LayerConfig CutAs(int own, int other) => own == other ? this : this with { KvHeads = KvHeads * own / other, HeadDim = other };
}
