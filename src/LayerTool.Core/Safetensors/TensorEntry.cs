using System.Collections.Immutable;

namespace LayerTool.Safetensors;

/// <summary>Where one tensor lies on disk.</summary>
/// <param name="Name">Its name in the header.</param>
/// <param name="Dtype">Its element type.</param>
/// <param name="Shape">Its dimensions; empty for a scalar.</param>
/// <param name="File">Full path of the safetensors file that holds it.</param>
/// <param name="Offset">Position of its first byte in that file, counted from the file's start.</param>
/// <param name="ByteCount">Its size in bytes.</param>
public sealed record TensorEntry(string Name, TensorDtype Dtype, ImmutableArray<long> Shape, string File, long Offset, long ByteCount)
{
    /// <summary>Number of elements: the product of the dimensions, 1 for a scalar.</summary>
    public long ElementCount => Shape.Aggregate(1L, (count, size) => count * size);
}
