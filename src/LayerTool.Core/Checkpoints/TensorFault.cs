using System.Collections.Immutable;
using LayerTool.Faults;

namespace LayerTool.Checkpoints;

/// <summary>A tensor that config.json demands and the weights do not have as it demands.</summary>
/// <param name="Name">Full name of the tensor.</param>
/// <param name="Demanded">The shape that config.json demands.</param>
/// <param name="Found">The shape in the file; null where the tensor is missing.</param>
public sealed record TensorFault(string Name, ImmutableArray<long> Demanded, ImmutableArray<long>? Found)
{
    /// <inheritdoc />
    public override string ToString() => Found is ImmutableArray<long> found
        ? $"tensor {Quoted.Text(Name)} has the shape {Quoted.Shape(found)}, config.json demands {Quoted.Shape(Demanded)}"
        : $"tensor {Quoted.Text(Name)} is missing, config.json demands it with the shape {Quoted.Shape(Demanded)}";
}
