using System.Collections.Immutable;

namespace LayerTool.Architectures;

/// <summary>Where a family's projections have biases.</summary>
public enum BiasRule
{
    /// <summary>As <c>attention_bias</c> (all four) and <c>mlp_bias</c> (all three) of config.json say; none where absent.</summary>
    ByKeys,

    /// <summary>On q, k and v only, always; config.json has no key for it (Qwen 2).</summary>
    QkvAlways,

    /// <summary>On all four attention projections where <c>attention_bias</c> says so; never in the MLP (Qwen 3).</summary>
    AttentionByKey,

    /// <summary>Nowhere, whatever config.json says.</summary>
    None,
}

/// <summary>Which layers of a family see a sliding window.</summary>
public enum WindowRule
{
    /// <summary>None.</summary>
    None,

    /// <summary>All of them where <c>sliding_window</c> is set (Mistral).</summary>
    AllLayers,

    /// <summary>
    /// As <c>layer_types</c> says; without it those from <c>max_window_layers</c> on, where <c>use_sliding_window</c> is true (Qwen).
    /// </summary>
    ByLayerTypes,
}

/// <summary>
/// One row of the table of known families: all that the decoder, the reader of config.json and the writer need to know of a
/// family. A difference between families that no field here expresses is refused by name, never run with a default instead.
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

    /// <summary>Names of the tensors.</summary>
    public required TensorNames Names { get; init; }

    /// <summary>Where projections have biases.</summary>
    public BiasRule Biases { get; init; } = BiasRule.ByKeys;

    /// <summary>Which layers see a sliding window.</summary>
    public WindowRule Window { get; init; } = WindowRule.None;

    /// <summary><c>sliding_window</c> where the key is absent (null in the file means none).</summary>
    public int? DefaultSlidingWindow { get; init; }

    /// <summary>Whether q and k are RMS-normed per head, before the rotation.</summary>
    public bool QkNorm { get; init; }

    /// <summary>Whether the head is the embedding table where <c>tie_word_embeddings</c> is absent.</summary>
    public bool DefaultTiedEmbeddings { get; init; }

    /// <summary><c>num_key_value_heads</c> where absent; null: as many as query heads.</summary>
    public int? DefaultKvHeads { get; init; }

    /// <summary><c>head_dim</c> where absent; null: hidden size / heads.</summary>
    public int? DefaultHeadDim { get; init; }

    /// <summary><c>max_position_embeddings</c> where absent.</summary>
    public int DefaultContextLength { get; init; } = 2048;

    /// <summary><c>rms_norm_eps</c> where absent.</summary>
    public double DefaultRmsNormEpsilon { get; init; } = 1e-6;

    /// <summary>RoPE θ where absent.</summary>
    public double DefaultRopeTheta { get; init; } = 10000;

    /// <summary>Whether config.json must say how positions are rotated, since the family's default is not plain RoPE.</summary>
    public bool RopeRequired { get; init; }

    /// <summary><c>max_window_layers</c> where absent.</summary>
    public int DefaultMaxWindowLayers { get; init; } = 28;

    /// <summary>
    /// Sizes that the <c>text_config</c> of a multimodal checkpoint may leave out, by their keys: older versions of transformers
    /// wrote only what differs from the family's defaults.
    /// </summary>
    public ImmutableArray<KeyValuePair<string, int>> TowerSizes { get; init; } = [];

    /// <summary>Whether <c>tie_word_embeddings</c> inside <c>text_config</c> counts where the outer one says otherwise.</summary>
    public bool InnerTieWins { get; init; }

    /// <inheritdoc />
    public override string ToString() => DisplayName;
}
