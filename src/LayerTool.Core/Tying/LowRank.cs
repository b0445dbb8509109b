using LayerTool.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Tying;

/// <summary>
/// The best low-rank stand-in for a matrix: R ≈ B A, the truncated singular value decomposition with the singular values on B
/// (Eckart and Young). Found from the smaller of R Rᵀ and Rᵀ R in float64, which costs less than a decomposition of R itself.
/// </summary>
/// <param name="A">[rank, in], rows of length 1; float64.</param>
/// <param name="B">[out, rank], float64.</param>
/// <param name="Energy">‖R‖², the sum of the squared singular values.</param>
/// <param name="Left">‖R − B A‖²: the part of it that the rank leaves out.</param>
internal sealed record LowRank(Tensor A, Tensor B, double Energy, double Left)
{
    private const double Smallest = 1e-150; // what a row is divided by at least: its square is still a number

    /// <summary>Decomposes a matrix.</summary>
    /// <param name="matrix">R [out, in], float64, finite.</param>
    /// <param name="rank">From 0 to min(out, in).</param>
    public static LowRank Of(Tensor matrix, int rank)
    {
        using DisposeScope scope = NewDisposeScope();
        long smaller = Math.Min(matrix.size(0), matrix.size(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rank, smaller);
        double energy = SumOfSquares(matrix);
        bool isWide = matrix.size(0) <= matrix.size(1);
        using Tensor turned = matrix.t();
        Tensor gram = isWide ? CheckedOps.MatrixProduct(matrix, turned) : CheckedOps.MatrixProduct(turned, matrix);
        (Tensor squares, Tensor vectors) = linalg.eigh(gram); // smallest first
        Tensor kept = vectors.narrow(1, smaller - rank, rank).flip(1); // [smaller, rank]
        double left = squares.narrow(0, 0, smaller - rank).clamp(0).sum().item<double>();
        if (!isWide)
        {
            Tensor right = kept.t().contiguous();
            return new LowRank(right.MoveToOuterDisposeScope(), CheckedOps.MatrixProduct(matrix, kept).MoveToOuterDisposeScope(), energy, left);
        }

        // The lengths of the rows are the singular values: truer than roots of eigenvalues, and whatever they are, B A is the same.
        Tensor rows = CheckedOps.MatrixProduct(kept.t(), matrix);
        Tensor lengths = (rows * rows).sum(1, keepdim: true).sqrt();
        Tensor unit = rows / lengths.clamp(Smallest);
        return new LowRank(unit.MoveToOuterDisposeScope(), (kept * lengths.t()).MoveToOuterDisposeScope(), energy, left);
    }

    /// <summary>‖X‖² of a float64 tensor.</summary>
    public static double SumOfSquares(Tensor matrix)
    {
        using DisposeScope scope = NewDisposeScope();
        return (matrix * matrix).sum().item<double>();
    }
}
