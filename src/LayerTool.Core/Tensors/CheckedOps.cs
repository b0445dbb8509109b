using static TorchSharp.torch;

namespace LayerTool.Tensors;

/// <summary>Products that libtorch does not check itself: a wrong shape or type there ends the process.</summary>
internal static class CheckedOps
{
    /// <summary>Matrix product of the last two dimensions: [.., m, k] × [.., k, n] → [.., m, n]; leading dimensions equal.</summary>
    /// <exception cref="InvalidOperationException">Rank, inner size, type or device do not fit: a bug of the caller.</exception>
    public static Tensor MatrixProduct(Tensor left, Tensor right)
    {
        bool fits = left.dim() >= 2
            && left.dim() == right.dim()
            && left.size(-1) == right.size(-2)
            && left.shape.AsSpan()[..^2].SequenceEqual(right.shape.AsSpan()[..^2])
            && left.dtype == right.dtype
            && left.device_type == right.device_type
            && left.device_index == right.device_index;
        if (!fits)
        {
            throw new InvalidOperationException(
                $"Cannot multiply [{string.Join(", ", left.shape)}] {left.dtype} by [{string.Join(", ", right.shape)}] {right.dtype}.");
        }

        // einsum reports its faults as exceptions, and runs the same product.
        return einsum("...ij,...jk->...ik", left, right);
    }
}
