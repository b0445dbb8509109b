namespace LayerTool.Generation;

/// <summary>Why a text ended.</summary>
public enum GenerationEnd
{
    /// <summary>It has as many tokens as were asked for.</summary>
    Length,

    /// <summary>A token that ends texts came.</summary>
    StopToken,

    /// <summary>A stop string came.</summary>
    StopString,
}
