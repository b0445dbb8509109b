namespace LayerTool.Architectures;

/// <summary>Settled sizes of latent attention.</summary>
/// <param name="QueryRank">Width of the narrow query state; null for a plain query projection.</param>
/// <param name="KvRank">Width of the narrow state of keys and values.</param>
/// <param name="PlainWidth">Dimensions of a query or key head that do not turn.</param>
/// <param name="RotatedWidth">Dimensions that do.</param>
/// <param name="ValueWidth">Width of a value head.</param>
public sealed record LatentConfig(int? QueryRank, int KvRank, int PlainWidth, int RotatedWidth, int ValueWidth)
{
    /// <summary>Width of a query or key head.</summary>
    public int HeadDim => PlainWidth + RotatedWidth;
}
