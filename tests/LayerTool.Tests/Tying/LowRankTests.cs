using LayerTool.Tests.Support;
using LayerTool.Tying;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LayerTool.Tests.Tying;

[Collection(TorchCollection.Name)]
public sealed class LowRankTests
{
    [Theory]
    [InlineData(24, 40)]
    [InlineData(40, 24)]
    [InlineData(16, 16)]
    public void What_is_left_are_the_singular_values_that_the_rank_leaves_out(int rows, int columns)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor matrix = Drawn(rows, columns);
        double[] squares = linalg.svd(matrix).S.square().data<double>().ToArray(); // largest first
        double last = double.PositiveInfinity;
        foreach (int rank in (int[])[0, 1, 5, 16])
        {
            LowRank low = LowRank.Of(matrix, rank);
            double left = (matrix - nn.functional.linear(low.B, low.A.t())).square().sum().item<double>();

            Assert.Equal([rank, columns], low.A.shape);
            Assert.Equal([rows, rank], low.B.shape);
            Assert.Equal(squares.Sum(), low.Energy, low.Energy * 1e-12);
            Assert.Equal(squares[rank..].Sum(), low.Left, low.Energy * 1e-12);
            Assert.Equal(low.Left, left, low.Energy * 1e-12);
            Assert.True(left < last);
            last = left;
        }
    }

    [Fact]
    public void The_full_rank_gives_the_matrix_back_also_where_it_has_less()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor narrow = nn.functional.linear(Drawn(20, 3), Drawn(30, 3)); // [20, 30] of rank 3
        foreach (Tensor matrix in (Tensor[])[narrow, narrow.t().contiguous(), Drawn(20, 30), zeros([5, 4], ScalarType.Float64)])
        {
            LowRank low = LowRank.Of(matrix, (int)matrix.shape.Min());

            Assert.True((matrix - nn.functional.linear(low.B, low.A.t())).abs().max().item<double>() < 1e-12);
            Assert.True(low.A.isfinite().all().item<bool>());
        }
    }

    private static Tensor Drawn(int rows, int columns)
    {
        using Generator generator = new((ulong)((rows * 1000) + columns), CPU);
        return randn([rows, columns], dtype: ScalarType.Float64, generator: generator);
    }
}
