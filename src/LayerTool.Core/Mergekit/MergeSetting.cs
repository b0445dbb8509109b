using System.Collections.Immutable;

namespace LayerTool.Mergekit;

/// <summary>One value of a parameter: a number, or several that straight lines between them spread over the layers of a slice.</summary>
/// <param name="Filter">The value holds for tensors whose name contains this; null for all.</param>
/// <param name="Knots">The numbers, evenly spaced from the slice's first layer to its last.</param>
internal sealed record MergeSetting(string? Filter, ImmutableArray<double> Knots)
{
    /// <summary>Whether it holds for a tensor.</summary>
    public bool Holds(string tensor) => Filter is null || tensor.Contains(Filter, StringComparison.Ordinal);

    /// <summary>The value at a place in the slice.</summary>
    /// <param name="place">0 for the first layer and for what stands outside the layers, 1 for the last.</param>
    public double At(double place)
    {
        double position = place * (Knots.Length - 1);
        int before = (int)position;
        int after = Math.Min(before + 1, Knots.Length - 1);
        double part = position - before;
        return part == 0 ? Knots[before] : ((1 - part) * Knots[before]) + (part * Knots[after]);
    }
}
