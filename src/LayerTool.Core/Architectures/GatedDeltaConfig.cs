namespace LayerTool.Architectures;

/// <summary>Settled sizes of the gated delta rule.</summary>
/// <param name="KeyHeads">Number of query and key heads.</param>
/// <param name="ValueHeads">Number of value heads; a multiple of <paramref name="KeyHeads"/>.</param>
/// <param name="KeyDim">Width of a query or key head.</param>
/// <param name="ValueDim">Width of a value head.</param>
/// <param name="Kernel">Length of the causal convolution.</param>
public sealed record GatedDeltaConfig(int KeyHeads, int ValueHeads, int KeyDim, int ValueDim, int Kernel)
{
    /// <summary>Width of all keys.</summary>
    public int KeyWidth => KeyHeads * KeyDim;

    /// <summary>Width of all values.</summary>
    public int ValueWidth => ValueHeads * ValueDim;
}
