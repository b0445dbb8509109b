using System.Collections.Immutable;

namespace LayerTool.Architectures;

/// <summary>
/// One row of the table of known families: all that the decoder, the reader of config.json and the writer need to know of a
/// family. Each field is a feature of its own; what is not said is as in Llama. A difference between families that no field here
/// expresses is refused by name, never run with a default instead.
/// </summary>
public sealed record ArchitectureSpec
{
    /// <summary><c>model_type</c> of config.json.</summary>
    public required string ModelType { get; init; }

    /// <summary>
    /// <c>model_type</c> of a multimodal checkpoint that keeps this decoder's keys at the top level of config.json; null where no
    /// version of transformers writes that.
    /// </summary>
    public string? FlatModelType { get; init; }

    /// <summary>The name that people use.</summary>
    public required string DisplayName { get; init; }

    /// <summary>What the sizes are called in config.json.</summary>
    public ConfigKeys Keys { get; init; } = new();

    /// <summary>Names of the tensors.</summary>
    public TensorNames Names { get; init; } = new();

    /// <summary>How halves and norms stand on the residual stream.</summary>
    public BlockShape Block { get; init; }

    /// <summary>Kind of the norms of layers, and of the one behind the last.</summary>
    public NormSpec Norm { get; init; } = NormSpec.Rms;

    /// <summary>Whether a norm stands behind the last layer.</summary>
    public bool HasFinalNorm { get; init; } = true;

    /// <summary>Norm behind the embedding; null for none.</summary>
    public NormSpec? EmbeddingNorm { get; init; }

    /// <summary>Attention.</summary>
    public AttentionSpec Attention { get; init; } = new();

    /// <summary>Positions.</summary>
    public PositionSpec Positions { get; init; } = new();

    /// <summary>Dense MLP.</summary>
    public MlpSpec Mlp { get; init; } = new();

    /// <summary>Mixture of experts; null for none.</summary>
    public ExpertsSpec? Experts { get; init; }

    /// <summary>What layers of the kind <c>linear_attention</c> have.</summary>
    public GatedDeltaSpec? GatedDelta { get; init; }

    /// <summary>What layers of the kind <c>conv</c> have.</summary>
    public ShortConvolutionSpec? ShortConvolution { get; init; }

    /// <summary>Inputs of each layer beside the stream.</summary>
    public LayerInputSpec? LayerInputs { get; init; }

    /// <summary>Tensor [1] of each layer that its whole output is multiplied by; null for none.</summary>
    public string? LayerScalar { get; init; }

    /// <summary>Factors on embedding, updates and logits.</summary>
    public Multipliers Multipliers { get; init; } = new();

    /// <summary>Whether matrices of layers are stored [in, out].</summary>
    public bool TransposedWeights { get; init; }

    /// <summary>Bias of the head.</summary>
    public Choice HeadBias { get; init; } = Choice.Never;

    /// <summary>Whether the layer kinds of <c>layer_types</c> decide, rather than <see cref="Kinds"/> alone.</summary>
    public bool LayerTypesDecide { get; init; }

    /// <summary>Whether the last layer sees everything, whatever <c>layer_types</c> says.</summary>
    public bool LastSeesAll { get; init; }

    /// <summary>Key of the sliding window.</summary>
    public string WindowKey { get; init; } = "sliding_window";

    /// <summary>The window where the key is absent (null in the file means none).</summary>
    public int? DefaultSlidingWindow { get; init; }

    /// <summary>Key that turns the window on; null where it is always on.</summary>
    public string? WindowSwitch { get; init; }

    /// <summary>Key of the length of chunks, for layers of the kind <c>chunked_attention</c>; null where the family has none.</summary>
    public string? ChunkKey { get; init; }

    /// <summary>That length where the key is absent.</summary>
    public int DefaultChunkSize { get; init; }

    /// <summary>Whether the head is the embedding table where config.json does not say.</summary>
    public bool DefaultTiedEmbeddings { get; init; }

    /// <summary>Number of key heads where absent; null: as many as query heads.</summary>
    public int? DefaultKvHeads { get; init; }

    /// <summary>Width of a head where absent; null: hidden size / heads.</summary>
    public int? DefaultHeadDim { get; init; }

    /// <summary>Longest sequence where absent.</summary>
    public int DefaultContextLength { get; init; } = 2048;

    /// <summary>Epsilon of the norms where absent.</summary>
    public double DefaultNormEpsilon { get; init; } = 1e-6;

    /// <summary>Whether attention's module adds to the stream itself in transformers: recorded outputs of it are the stream behind it.</summary>
    public bool AttentionModuleAdds { get; init; }

    /// <summary>Likewise the MLP's.</summary>
    public bool MlpModuleAdds { get; init; }

    /// <summary>Keys that have certain values only.</summary>
    public ImmutableArray<FixedKey> Fixed { get; init; } = [];

    /// <summary>The kind of each layer where <c>layer_types</c> is absent or does not decide.</summary>
    internal LayerKinds.Rule Kinds { get; init; } = LayerKinds.AllFull;

    /// <summary>Forms that keys of config.json choose.</summary>
    internal ImmutableArray<Variant> Variants { get; init; } = [];

    /// <summary>
    /// Sizes that the <c>text_config</c> of a multimodal checkpoint may leave out, by their keys: older versions of transformers
    /// wrote only what differs from the family's defaults.
    /// </summary>
    public ImmutableArray<KeyValuePair<string, int>> TowerSizes { get; init; } = [];

    /// <summary>Whether <c>tie_word_embeddings</c> inside <c>text_config</c> counts where the outer one says otherwise.</summary>
    public bool InnerTieWins { get; init; }

    /// <inheritdoc />
    public override string ToString() => DisplayName;

    /// <summary>The form of the family that a config.json chooses.</summary>
    /// <exception cref="Faults.LayerToolException">A key has a value that LayerTool does not run.</exception>
    internal ArchitectureSpec Settle(ConfigJson config)
    {
        foreach (FixedKey key in Fixed)
        {
            config.RequireOneOf(key);
        }

        return Variants.Aggregate(this, (spec, variant) => variant.Applies(config) ? variant.Change(spec) : spec);
    }
}
