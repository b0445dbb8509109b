using System.Collections.Immutable;

namespace LayerTool.Tying;

/// <summary>What tying does with a tensor of each layer.</summary>
public enum TiedKind
{
    /// <summary>A linear map: shared, with a low-rank update at each depth.</summary>
    Matrix,

    /// <summary>A norm, a bias, or another small tensor: shared as it is, or each depth's own.</summary>
    Vector,

    /// <summary>A table that the model's code computes anyway: it stays where it is.</summary>
    Buffer,
}

/// <summary>A tensor that every layer of the model has.</summary>
/// <param name="Suffix">Its name after the layer's number: <c>mlp.up_proj.weight</c>.</param>
/// <param name="Kind">What is done with it.</param>
/// <param name="Shape">Its dimensions as stored.</param>
/// <param name="IsShared">Whether depths that share a layer share it.</param>
public sealed record TiedTensor(string Suffix, TiedKind Kind, ImmutableArray<long> Shape, bool IsShared)
{
    private const string Weight = ".weight";

    /// <summary>Whether a matrix is stored [in, out].</summary>
    public bool IsTransposed { get; init; }

    /// <summary>Rank of its updates.</summary>
    public int Rank { get; init; }

    /// <summary>The module's path in the layer: <c>mlp.up_proj</c>.</summary>
    public string Module => Suffix.EndsWith(Weight, StringComparison.Ordinal) ? Suffix[..^Weight.Length] : Suffix;

    /// <summary>Number of elements.</summary>
    public long Elements => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Rows of a matrix.</summary>
    public long Outputs => IsTransposed ? Shape[1] : Shape[0];

    /// <summary>Columns of a matrix.</summary>
    public long Inputs => IsTransposed ? Shape[0] : Shape[1];

    /// <summary>Elements of one depth's A and B.</summary>
    public long AdapterElements => Kind == TiedKind.Matrix ? Rank * (Outputs + Inputs) : 0;
}
