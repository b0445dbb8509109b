using System.Collections.Immutable;
using LayerTool.Architectures;
using LayerTool.Faults;

namespace LayerTool.Checkpoints;

/// <summary>A tensor that config.json demands and the weights do not have as it demands.</summary>
/// <param name="Expected">What is demanded.</param>
/// <param name="Found">The shape in the file; null where the tensor is missing.</param>
public sealed record TensorFault(ExpectedTensor Expected, ImmutableArray<long>? Found)
{
    /// <inheritdoc />
    public override string ToString() => Found is ImmutableArray<long> found
        ? $"tensor {Quoted.Text(Expected.Name)} has the shape {Quoted.Shape(found)}, config.json demands {Quoted.Shape(Expected.Shape)}"
        : $"tensor {Quoted.Text(Expected.Name)} is missing, config.json demands it with the shape {Quoted.Shape(Expected.Shape)}";
}
