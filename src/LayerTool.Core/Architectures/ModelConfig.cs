using System.Collections.Immutable;

namespace LayerTool.Architectures;

/// <summary>
/// A checkpoint's config.json, read once and settled: defaults of the family filled in, both dialects of transformers (4 and 5)
/// brought to one form, every per-layer rule written out. Nothing here is null for want of a key.
/// </summary>
public sealed record ModelConfig
{
    /// <summary>The family's entry in <see cref="KnownArchitectures"/>, in the form that config.json chooses.</summary>
    public required ArchitectureSpec Architecture { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Number of query heads.</summary>
    public required int AttentionHeads { get; init; }

    /// <summary>Width of one head; not always hidden size / heads.</summary>
    public required int HeadDim { get; init; }

    /// <summary>Rows of the embedding table; may exceed the tokenizer's vocabulary.</summary>
    public required int VocabSize { get; init; }

    /// <summary>Longest sequence that the model was made for, in tokens.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Epsilon of the norms.</summary>
    public required double NormEpsilon { get; init; }

    /// <summary>Activation of the MLP's gate.</summary>
    public required Activation Activation { get; init; }

    /// <summary>Whether the head is the embedding table.</summary>
    public required bool TiedEmbeddings { get; init; }

    /// <summary>Whether q, k and v projections have biases.</summary>
    public required bool QkvBias { get; init; }

    /// <summary>Whether the attention's output projection has a bias.</summary>
    public required bool AttentionOutputBias { get; init; }

    /// <summary>Whether the MLP's projections have biases.</summary>
    public required bool MlpBias { get; init; }

    /// <summary>Whether the head has a bias.</summary>
    public bool HeadBias { get; init; }

    /// <summary>Width of the embedding table where a projection follows it; null where it is <see cref="HiddenSize"/>.</summary>
    public int? EmbeddingSize { get; init; }

    /// <summary>Width of the embedding table.</summary>
    public int EmbeddingWidth => EmbeddingSize ?? HiddenSize;

    /// <summary>Factor on the scores.</summary>
    public required double AttentionScale { get; init; }

    /// <summary>Cap of the scores; null for none.</summary>
    public double? ScoreSoftcap { get; init; }

    /// <summary>Bound of queries, keys and values; null for none.</summary>
    public double? QkvBound { get; init; }

    /// <summary>Factor on the embedding.</summary>
    public double EmbeddingMultiplier { get; init; } = 1;

    /// <summary>Factor on what each half adds to the stream.</summary>
    public double ResidualMultiplier { get; init; } = 1;

    /// <summary>Factor on the logits.</summary>
    public double LogitMultiplier { get; init; } = 1;

    /// <summary>Cap of the logits; null for none.</summary>
    public double? LogitSoftcap { get; init; }

    /// <summary>Rotary position embedding; that of layers that see everything where sliding ones have their own.</summary>
    public required RopeConfig Rope { get; init; }

    /// <summary>Rotary position embedding of sliding layers, where it is another.</summary>
    public RopeConfig? LocalRope { get; init; }

    /// <summary>How queries grow with their position; null where they do not.</summary>
    public QueryScaling? QueryScaling { get; init; }

    /// <summary>Latent attention; null for plain.</summary>
    public LatentConfig? Latent { get; init; }

    /// <summary>Mixture of experts; null for none.</summary>
    public ExpertsConfig? Experts { get; init; }

    /// <summary>Gated delta rule; null where no layer has it.</summary>
    public GatedDeltaConfig? GatedDelta { get; init; }

    /// <summary>Length of the short convolution; null where no layer has one.</summary>
    public int? ConvolutionKernel { get; init; }

    /// <summary>Whether the short convolution and its projections have biases.</summary>
    public bool ConvolutionBias { get; init; }

    /// <summary>Width of the inputs that each layer gets beside the stream; 0 for none.</summary>
    public int LayerInputSize { get; init; }

    /// <summary>Rows of the table of those inputs.</summary>
    public int LayerInputVocabSize { get; init; }

    /// <summary>One entry a layer; its length is the layer count.</summary>
    public required ImmutableArray<LayerConfig> Layers { get; init; }

    /// <summary>Tokens that end a text, of config.json; generation_config.json may say more.</summary>
    public required ImmutableArray<int> EosTokenIds { get; init; }

    /// <summary>Token that begins a text, where config.json names one.</summary>
    public required int? BosTokenId { get; init; }

    /// <summary>Number of layers.</summary>
    public int LayerCount => Layers.Length;

    /// <summary>Width of the widest MLP.</summary>
    public int WidestMlp => Layers.Select(layer => layer.IntermediateSize).DefaultIfEmpty().Max();

    /// <summary>Key and value heads of the layer that has the most.</summary>
    public int MostKvHeads => Layers.Select(layer => layer.KvHeads).DefaultIfEmpty().Max();

    /// <summary>The keys and values that a layer keeps of each token; null for one that reads those of another, or has a state.</summary>
    /// <param name="layer">Index of the layer.</param>
    public CacheShape? CacheShapeOf(int layer)
    {
        LayerConfig own = Layers[layer];
        return own.Mixer != TokenMixer.Attention || own.Kv == KvRole.Read ? null
            : Latent is LatentConfig latent ? new CacheShape(AttentionHeads, latent.HeadDim, latent.ValueWidth)
            : new CacheShape(own.KvHeads, own.HeadDim, own.HeadDim);
    }

    /// <summary>Elements of <see cref="CacheShapeOf"/>; 0 where there is none.</summary>
    /// <param name="layer">Index of the layer.</param>
    public long CacheElements(int layer) => CacheShapeOf(layer)?.Elements ?? 0;

    /// <summary><see cref="CacheElements"/> of the layer that keeps the most.</summary>
    public long MostCacheElements => Enumerable.Range(0, LayerCount).Select(CacheElements).DefaultIfEmpty().Max();

    /// <summary>The RoPE that a layer turns by; null for none.</summary>
    /// <param name="layer">The layer's own kind.</param>
    public RopeConfig? RopeOf(LayerConfig layer) => layer.Rotation switch
    {
        LayerRotation.Main => Rope,
        LayerRotation.Local => LocalRope ?? Rope,
        _ => null,
    };

    /// <summary>How the queries of a layer grow with their position; null where they do not.</summary>
    /// <param name="layer">The layer's own kind.</param>
    public QueryScaling? QueryScalingOf(LayerConfig layer) => QueryScaling?.UnrotatedOnly == true && layer.Rotation != LayerRotation.None ? null : QueryScaling;
}
