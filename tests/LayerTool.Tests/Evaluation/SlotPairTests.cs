using System.Collections.Immutable;
using LayerTool.Checkpoints;
using LayerTool.Evaluation;
using LayerTool.Plans;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Evaluation;

public sealed class SlotPairTests
{
    private static readonly Checkpoint Stories = Checkpoint.Open(SharedFiles.Model("stories260K"));
    private static readonly Checkpoint Dreams = Checkpoint.Open(SharedFiles.Model("aidreams260K"));

    [Fact]
    public void The_kth_play_of_a_layer_goes_with_the_kth_whichever_halves_run()
    {
        CheckpointSet sources = new(Stories);

        Assert.Equal(
            [(0, 0), (1, 2), (2, 3), (4, 4)],
            Pairs("0-2, 1, 3", sources, "0, 4, 1, 2.mlp, 3*0.5, 2", sources));
    }

    [Fact]
    public void Checkpoints_of_one_name_go_together_layer_by_layer()
    {
        Assert.Equal([(0, 1), (1, 0)], Pairs("0-2", new CheckpointSet(Stories), "1-0", new CheckpointSet(Dreams)));
    }

    [Fact]
    public void A_checkpoint_that_both_have_goes_with_itself_under_any_name()
    {
        CheckpointSet mixed = new(Dreams);
        mixed.Add("base", Stories);

        Assert.Equal([(1, 0)], Pairs("0-1", new CheckpointSet(Stories), "base:1, 0", mixed));
    }

    private static IEnumerable<(int Left, int Right)> Pairs(string left, CheckpointSet leftSources, string right, CheckpointSet rightSources)
    {
        ImmutableArray<SlotPair> pairs = SlotPair.Match(PlanNotation.Parse(left), leftSources, PlanNotation.Parse(right), rightSources);
        return pairs.Select(pair => (pair.Left, pair.Right));
    }
}
