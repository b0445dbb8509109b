using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>Other views of a tensor.</summary>
internal static class TensorShapes
{
    /// <summary>[.., a · b ·…] → [.., a, b, …], without a copy.</summary>
    public static Tensor SplitLast(this Tensor tensor, params ReadOnlySpan<long> sizes) => tensor.view([.. tensor.shape.AsSpan()[..^1], .. sizes]);
}
