using System.Collections.Immutable;

namespace LayerTool.Safetensors;

/// <summary>A tensor that is to be written.</summary>
/// <param name="Name">Its name in the header.</param>
/// <param name="Dtype">Its element type.</param>
/// <param name="Shape">Its dimensions; empty for a scalar.</param>
public sealed record TensorDeclaration(string Name, TensorDtype Dtype, ImmutableArray<long> Shape)
{
    /// <summary>Size in bytes.</summary>
    public long ByteCount => Dtype.ByteCount(Shape);
}
