namespace LayerTool.Architectures;

/// <summary>What a layer keeps of each token for those behind it.</summary>
/// <param name="Heads">Key and value heads.</param>
/// <param name="KeyWidth">Width of a key.</param>
/// <param name="ValueWidth">Width of a value.</param>
public readonly record struct CacheShape(int Heads, int KeyWidth, int ValueWidth)
{
    /// <summary>Elements of one token.</summary>
    public long Elements => (long)Heads * (KeyWidth + ValueWidth);
}
