namespace LayerTool.Architectures;

/// <summary>What a family calls its sizes in config.json. Where a size has several names, <c>|</c> stands between; the first that is there counts.</summary>
public sealed record ConfigKeys
{
    /// <summary>Width of the residual stream.</summary>
    public string HiddenSize { get; init; } = "hidden_size";

    /// <summary>Number of layers.</summary>
    public string LayerCount { get; init; } = "num_hidden_layers";

    /// <summary>Number of query heads.</summary>
    public string AttentionHeads { get; init; } = "num_attention_heads";

    /// <summary>Number of key heads; null where each query head has its own.</summary>
    public string? KvHeads { get; init; } = "num_key_value_heads";

    /// <summary>Width of a head; null for hidden size / heads.</summary>
    public string? HeadDim { get; init; } = "head_dim";

    /// <summary>Inner width of the MLP; null for a multiple of the hidden size.</summary>
    public string? IntermediateSize { get; init; } = "intermediate_size";

    /// <summary>That multiple, also where the key is absent; null where the key must be there.</summary>
    public int? IntermediateFactor { get; init; }

    /// <summary>
    /// Whether two thirds of that width are meant, times <c>block_ffn_dim_multiplier</c>, up to a multiple of
    /// <c>block_multiple_of</c>, unless <c>block_auto_adjust_ff_dim</c> is false (LFM 2).
    /// </summary>
    public bool AdjustsIntermediateSize { get; init; }

    /// <summary>Longest sequence.</summary>
    public string ContextLength { get; init; } = "max_position_embeddings";

    /// <summary>Epsilon of the norms; null where it is fixed.</summary>
    public string? NormEpsilon { get; init; } = "rms_norm_eps";

    /// <summary>Width of the embedding where it may be another than the stream's.</summary>
    public string? EmbeddingSize { get; init; }

    /// <summary>Whether the head is the embedding table.</summary>
    public string TiedEmbeddings { get; init; } = "tie_word_embeddings";

    /// <summary>The keys of one config.json: of several names the one that is there.</summary>
    internal ConfigKeys In(ConfigJson config)
    {
        string Pick(string names) => names.Contains('|', StringComparison.Ordinal) ? names.Split('|').FirstOrDefault(config.Has) ?? names.Split('|')[0] : names;

        return this with
        {
            HiddenSize = Pick(HiddenSize),
            LayerCount = Pick(LayerCount),
            AttentionHeads = Pick(AttentionHeads),
            IntermediateSize = IntermediateSize is null ? null : Pick(IntermediateSize),
            ContextLength = Pick(ContextLength),
        };
    }
}
