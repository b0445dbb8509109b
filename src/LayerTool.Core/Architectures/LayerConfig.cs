namespace LayerTool.Architectures;

/// <summary>What may differ from layer to layer of one checkpoint. A layer keeps it wherever a plan plays it.</summary>
public sealed record LayerConfig
{
    /// <summary>Number of tokens that attention sees, the own one included; null for all before it.</summary>
    public int? SlidingWindow { get; init; }

    /// <summary>Number of key and value heads; divides <see cref="ModelConfig.AttentionHeads"/>. 0 where the layer has no attention.</summary>
    public required int KvHeads { get; init; }

    /// <summary>Width inside the MLP; 0 where the layer has none.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Whether the layer has an attention half. One that config.json drops may be stored all the same, and does not run.</summary>
    public bool HasAttention => KvHeads > 0;

    /// <summary>Whether the layer has an MLP half.</summary>
    public bool HasMlp => IntermediateSize > 0;
}
