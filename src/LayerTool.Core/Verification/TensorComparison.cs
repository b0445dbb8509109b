using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Verification;

/// <summary>Holds a tensor against its reference.</summary>
internal static class TensorComparison
{
    /// <summary>Compares in float64.</summary>
    /// <param name="name">Name in the reference.</param>
    /// <param name="actual">LayerTool's own.</param>
    /// <param name="expected">The reference, of the same shape.</param>
    /// <param name="mask">[B, T] with 0 where rows have no meaning, or null.</param>
    /// <param name="tolerance">The bound.</param>
    public static Finding Compare(string name, Tensor actual, Tensor expected, Tensor? mask, Tolerance tolerance)
    {
        using DisposeScope scope = NewDisposeScope();
        if (!actual.shape.AsSpan().SequenceEqual(expected.shape))
        {
            return new Finding(name, Holds: false, null, null, tolerance, $"shape [{string.Join(", ", actual.shape)}], expected [{string.Join(", ", expected.shape)}]");
        }

        Tensor own = actual.to(ScalarType.Float64, CPU);
        Tensor reference = expected.to(ScalarType.Float64);
        if (mask is not null)
        {
            Tensor real = mask.to(ScalarType.Bool);
            own = own[TensorIndex.Tensor(real)];
            reference = reference[TensorIndex.Tensor(real)];
        }

        if (own.numel() == 0)
        {
            return new Finding(name, Holds: true, 0, 0, tolerance, "no elements");
        }

        Tensor difference = (own - reference).abs();
        double unit = tolerance.IsRelative && reference.numel() > 1 ? reference.std().item<double>() : 1;
        double largest = difference.max().item<double>() / unit;
        double rms = Math.Sqrt(difference.square().mean().item<double>()) / unit;
        bool holds = largest <= tolerance.Largest && rms <= tolerance.Rms;
        if (double.IsPositiveInfinity(tolerance.Largest))
        {
            holds = !double.IsNaN(largest) && rms <= tolerance.Rms;
        }

        return new Finding(name, holds, largest, rms, tolerance, holds ? null : Where(difference));
    }

    private static string Where(Tensor difference)
    {
        long flat = difference.flatten().argmax().item<long>();
        long[] index = new long[difference.dim()];
        for (int dimension = index.Length - 1; dimension >= 0; dimension--)
        {
            index[dimension] = flat % difference.size(dimension);
            flat /= difference.size(dimension);
        }

        return $"largest at [{string.Join(", ", index)}]";
    }
}
