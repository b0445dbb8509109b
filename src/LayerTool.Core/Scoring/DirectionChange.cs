using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Scoring;

/// <summary>
/// The measure of LLM-Drop and ShortGPT, 1 − cos(x, y) for each token, in the form ½‖x/|x| − y/|y|‖², which keeps its digits
/// where x and y are nearly parallel; 1 − cos would lose them.
/// </summary>
internal static class DirectionChange
{
    // As torch's cosine similarity has it: a vector of length 0 has no direction and must not divide.
    private const double SmallestNorm = 1e-8;

    /// <summary>Vectors of length 1 in the directions of the rows.</summary>
    /// <param name="rows">[N, H], float32.</param>
    /// <returns>[N, H].</returns>
    public static Tensor Unit(Tensor rows)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor norm = linalg.vector_norm(rows, ord: 2, dims: [-1], keepdim: true).clamp_min(SmallestNorm);
        return (rows / norm).MoveToOuterDisposeScope();
    }

    /// <summary>Sum of 1 − cos over the rows.</summary>
    /// <param name="left">[N, H], unit vectors.</param>
    /// <param name="right">[N, H], unit vectors.</param>
    /// <returns>A scalar, float64.</returns>
    public static Tensor Sum(Tensor left, Tensor right)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor distance = linalg.vector_norm(left - right, ord: 2, dims: [-1], keepdim: false);
        return (distance.to(ScalarType.Float64).square().sum() * 0.5).MoveToOuterDisposeScope();
    }
}
