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

    /// <summary>Sums over the rows: from the first state to the second, from the second to the third, from the first to the third.</summary>
    /// <param name="first">[N, H], float32.</param>
    /// <param name="second">[N, H], float32; overwritten, which spares the memory traffic of a copy.</param>
    /// <param name="third">[N, H], float32; overwritten.</param>
    /// <returns>[3], float64.</returns>
    public static Tensor Sums(Tensor first, Tensor second, Tensor third)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor before = first / Norm(first);
        second.div_(Norm(second));
        third.div_(Norm(third));
        Tensor distances = stack([Length(before - second), Length(second - third), Length(before - third)]); // [3, N]
        return (distances.to(ScalarType.Float64).square().sum(1) * 0.5).MoveToOuterDisposeScope();
    }

    private static Tensor Norm(Tensor rows) => linalg.vector_norm(rows, ord: 2, dims: [-1], keepdim: true).clamp_min_(SmallestNorm);

    private static Tensor Length(Tensor rows) => linalg.vector_norm(rows, ord: 2, dims: [-1], keepdim: false);
}
