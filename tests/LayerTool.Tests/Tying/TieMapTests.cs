using LayerTool.Faults;
using LayerTool.Tying;
using Xunit;

namespace LayerTool.Tests.Tying;

public sealed class TieMapTests
{
    [Fact]
    public void A_cycle_plays_the_block_again_and_a_sequence_each_layer_again()
    {
        Assert.Equal([0, 1, 2, 0, 1, 2], TieMap.Create(6, new TieSettings(2)).SharedByDepth);
        Assert.Equal([0, 0, 1, 1, 2, 2], TieMap.Create(6, new TieSettings(2) { Share = TieShare.Sequence }).SharedByDepth);
    }

    [Theory]
    [InlineData(TieShare.Cycle)]
    [InlineData(TieShare.Sequence)]
    public void A_depth_is_one_play_of_one_shared_layer(TieShare share)
    {
        TieMap map = TieMap.Create(12, new TieSettings(3) { Share = share });

        Assert.All(Enumerable.Range(0, 12), depth => Assert.Equal(depth, map.DepthsOf(map.SharedAt(depth))[map.LoopAt(depth)]));
    }

    [Theory]
    [InlineData(6, 2, new[] { 0, 2, 5 })]
    [InlineData(6, 3, new[] { 0, 5 })]
    [InlineData(6, 6, new[] { 0 })]
    [InlineData(18, 3, new[] { 0, 3, 6, 10, 13, 17 })]
    public void Steps_keep_both_ends(int layers, int loops, int[] expected)
    {
        TieMap map = TieMap.Create(layers, new TieSettings(loops) { Init = TieInit.Stepwise });

        Assert.Equal(expected, Enumerable.Range(0, map.SharedCount).Select(shared => Assert.Single(map.SourcesOf(shared))));
    }

    [Fact]
    public void Steps_go_up_and_end_at_the_last_layer_whatever_the_sizes()
    {
        foreach (int layers in Enumerable.Range(2, 60))
        {
            foreach (int loops in Enumerable.Range(1, layers).Where(loops => layers % loops == 0 && layers / loops > 1))
            {
                TieMap map = TieMap.Create(layers, new TieSettings(loops) { Init = TieInit.Stepwise });
                int[] steps = [.. Enumerable.Range(0, map.SharedCount).Select(shared => map.SourcesOf(shared)[0])];
                Assert.Equal(0, steps[0]);
                Assert.Equal(layers - 1, steps[^1]);
                Assert.Equal(steps.Distinct().Order(), steps);
            }
        }
    }

    [Theory]
    [InlineData(18, 4, "18 layers cannot be split into 4 loops", "divisors: 1, 2, 3, 6, 9, 18")]
    [InlineData(1, 2, "1 layer cannot be split into 2 loops", "divisors: 1")]
    public void Loops_that_do_not_divide_are_refused_with_those_that_do(int layers, int loops, string message, string hint)
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(() => TieMap.Create(layers, new TieSettings(loops)));

        Assert.Equal(message, fault.Message);
        Assert.Equal(hint, fault.Hint);
    }
}
