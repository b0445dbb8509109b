using LayerTool.Evaluation.Speed;
using Xunit;

namespace LayerTool.Tests.Evaluation.Speed;

public sealed class SpreadTests
{
    [Fact]
    public void Quartiles_lie_between_the_values()
    {
        Assert.Equal(new Spread(2.5, 1.75, 3.25), Spread.Of([4, 1, 3, 2]));
        Assert.Equal(new Spread(7, 7, 7), Spread.Of([7]));
    }

    // Order statistics: of 6 the whole range, of 10 from the second to the ninth, of 20 from the sixth to the fifteenth.
    [Theory]
    [InlineData(5, 1, 5)]
    [InlineData(6, 1, 6)]
    [InlineData(8, 1, 8)]
    [InlineData(9, 2, 8)]
    [InlineData(10, 2, 9)]
    [InlineData(20, 6, 15)]
    public void The_interval_of_a_median_is_that_of_order_statistics(int count, double low, double high)
    {
        Spread spread = Spread.OfPairs(Enumerable.Range(1, count).Select(value => (double)value));

        Assert.Equal((low, high), (spread.Low, spread.High));
        Assert.Equal((count + 1) / 2.0, spread.Median);
    }
}
