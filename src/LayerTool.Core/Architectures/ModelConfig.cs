using System.Collections.Immutable;

namespace LayerTool.Architectures;

/// <summary>
/// A checkpoint's config.json, read once and settled: defaults of the family filled in, both dialects of transformers (4 and 5)
/// brought to one form, every per-layer rule written out. Nothing here is null for want of a key.
/// </summary>
public sealed record ModelConfig
{
    /// <summary>The family's entry in <see cref="KnownArchitectures"/>.</summary>
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

    /// <summary>Epsilon of the RMS norms.</summary>
    public required double RmsNormEpsilon { get; init; }

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

    /// <summary>Rotary position embedding.</summary>
    public required RopeConfig Rope { get; init; }

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
}
