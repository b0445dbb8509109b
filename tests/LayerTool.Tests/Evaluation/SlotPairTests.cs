using System.Collections.Immutable;
using LayerTool.Checkpoints;
using LayerTool.Evaluation;
using LayerTool.Plans;
using LayerTool.Tests.Saving;
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

    [Fact]
    public void A_written_checkpoint_plays_the_layers_that_it_was_written_from()
    {
        CheckpointSet source = SavedCheckpoint.Golden("llama");
        using SavedCheckpoint once = new(source, PlanNotation.Parse("0, 2-4, 1"));
        using SavedCheckpoint twice = new(new CheckpointSet(once.Checkpoint), PlanNotation.Parse("1-4"));

        Assert.Equal([(0, 0), (1, 4), (2, 1), (3, 2), (4, 3)], Pairs("0-4", source, "0-4", new CheckpointSet(once.Checkpoint)));
        Assert.Equal([(1, 3), (2, 0), (3, 1), (4, 2)], Pairs("0-4", source, "0-3", new CheckpointSet(twice.Checkpoint)));
        Assert.Equal([(0, 1), (3, 2)], Pairs("0, 1, 1, 4", new CheckpointSet(once.Checkpoint), "3, 0-1, 1", source).Where(pair => pair.Left is 0 or 3));
    }

    [Fact]
    public void A_checkpoint_that_was_changed_after_it_was_written_is_taken_as_it_is()
    {
        CheckpointSet source = SavedCheckpoint.Golden("llama");
        using SavedCheckpoint saved = new(source, PlanNotation.Parse("0, 2-4"));
        string record = Path.Combine(saved.Checkpoint.Folder, "layertool.json");
        File.WriteAllText(record, File.ReadAllText(record).Replace("\"0, 2-4\"", "\"0-4\"", StringComparison.Ordinal).Replace("0, 2-4", "0-4", StringComparison.Ordinal));

        Assert.Equal([(0, 0), (1, 1), (2, 2), (3, 3)], Pairs("0-4", source, "0-3", new CheckpointSet(saved.Checkpoint)));
    }

    private static IEnumerable<(int Left, int Right)> Pairs(string left, CheckpointSet leftSources, string right, CheckpointSet rightSources)
    {
        ImmutableArray<SlotPair> pairs = SlotPair.Match(PlanNotation.Parse(left), leftSources, PlanNotation.Parse(right), rightSources);
        return pairs.Select(pair => (pair.Left, pair.Right));
    }
}
