namespace LayerTool.Architectures;

/// <summary>What a config.json says of one layer apart from the others.</summary>
internal sealed record LayerOverride
{
    /// <summary>A layer that nothing is said of.</summary>
    public static readonly LayerOverride None = new();

    /// <summary>Whether attention runs.</summary>
    public bool HasAttention { get; init; } = true;

    /// <summary>Whether the MLP runs.</summary>
    public bool HasMlp { get; init; } = true;

    /// <summary>Its key and value heads; null where all layers have the same number.</summary>
    public int? KvHeads { get; init; }

    /// <summary>Width of its heads; null where all layers have the same.</summary>
    public int? HeadDim { get; init; }

    /// <summary>Its MLP's width; null where all layers have the same.</summary>
    public int? IntermediateSize { get; init; }
}
