using CsCheck;
using LayerTool.Faults;
using LayerTool.Plans;
using Xunit;

namespace LayerTool.Tests.Plans;

public sealed class PlanEditsTests
{
    private static readonly LayerPlan Six = LayerPlan.Identity(6);

    [Fact]
    public void Each_edit_of_a_plain_checkpoint_reads_like_its_request()
    {
        Assert.Equal("0-1, 4-5", PlanNotation.Print(Six.Skip([2, 3])));
        Assert.Equal("0-1, (2-3)x3, 4-5", PlanNotation.Print(Six.Repeat([2, 3], 3)));
        Assert.Equal("0, (1)x2, 2, (3-4)x2, 5", PlanNotation.Print(Six.Repeat([1, 3, 4], 2)));
        Assert.Equal("0, base:1-2, 3-5", PlanNotation.Print(Six.Restore([1, 2], "base")));
        Assert.Equal("0-3, 4-5.mlp", PlanNotation.Print(Six.DropAttention([4, 5])));
        Assert.Equal("0.attn, 1-5", PlanNotation.Print(Six.DropMlp([0])));
        Assert.Equal("none", PlanNotation.Print(Six.Skip([0, 1, 2, 3, 4, 5])));
    }

    [Fact]
    public void Naming_no_layer_or_playing_once_changes_nothing()
    {
        Assert.Equal(Six, Six.Skip([]));
        Assert.Equal(Six, Six.Repeat([2, 3], 1));
        Assert.Equal(Six, Six.Restore([2], LayerPlan.Main));
    }

    [Theory]
    [InlineData("0-3, 1-3, 4", "0, (2-3)x2, 4")] // every slot that plays it
    [InlineData("0, [1|2], 3", "0, 2-3")] // a group of one is its member
    [InlineData("0, [1|1], 3", "0, 3")]
    [InlineData("0, [1|2|3]", "0, [2|3]")]
    [InlineData("0, [(1, 4)|2]", "0, [4|2]")]
    [InlineData("base:1, 1", "base:1")]
    public void Leaving_layer_1_out_of_an_edited_plan_leaves(string before, string after)
    {
        Assert.Equal(after, PlanNotation.Print(PlanNotation.Parse(before).Skip([1])));
    }

    [Theory]
    [InlineData("3-0", "3, (2-1)x2, 0")]
    [InlineData("(1-2)x2", "(1-2)x4")]
    [InlineData("0, [1|2-3]", "0, [(1)x2|((2)x2, 3)]")]
    [InlineData("1, 2.mlp, 3", "(1, 2.mlp)x2, 3")]
    [InlineData("1, 0, 2", "(1)x2, 0, (2)x2")]
    [InlineData("1, base:2, 2", "(1)x2, base:2, (2)x2")]
    public void Playing_layers_1_and_2_twice_in_an_edited_plan_gives(string before, string after)
    {
        Assert.Equal(after, PlanNotation.Print(PlanNotation.Parse(before).Repeat([1, 2], 2)));
    }

    [Fact]
    public void A_slot_that_loses_both_halves_is_left_out()
    {
        Assert.Equal("0, 2-5", PlanNotation.Print(Six.DropAttention([1]).DropMlp([1])));
        Assert.Equal(Six.Skip([1]), Six.DropMlp([1]).DropAttention([1]));
    }

    [Fact]
    public void A_half_is_dropped_from_the_slots_that_still_have_it()
    {
        Assert.Equal("(1.mlp)x2", PlanNotation.Print(PlanNotation.Parse("1.mlp, 1").DropAttention([1])));
    }

    [Fact]
    public void A_layer_that_the_plan_does_not_play_is_named_with_those_it_plays()
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(() => Six.Skip([2]).Skip([2]));
        LayerToolException half = Assert.Throws<LayerToolException>(() => Six.DropAttention([2]).DropAttention([1, 2]));

        Assert.Equal("the plan does not play the layer 2 of `main`", fault.Message);
        Assert.Equal("it plays the layers 0-1, 3-5", fault.Hint);
        Assert.Equal("the plan does not play the attention of layer 2 of `main`", half.Message);
    }

    [Fact]
    public void A_request_that_makes_no_plan_is_refused()
    {
        Assert.Equal("layers cannot be played 0 times", Assert.Throws<LayerToolException>(() => Six.Repeat([1], 0)).Message);
        Assert.Contains("at most 65,536", Assert.Throws<LayerToolException>(() => Six.Repeat([1], int.MaxValue)).Message, StringComparison.Ordinal);
        Assert.Equal("`a b` is no name for a source", Assert.Throws<LayerToolException>(() => Six.Restore([1], "a b")).Message);
    }

    [Fact]
    public void Skipping_the_extra_passes_undoes_a_repeat()
    {
        Gen.Select(Gen.Int[1, 40], Gen.Int[0, 39], Gen.Int[1, 40], Gen.Int[2, 5]).Sample((count, first, length, times) =>
        {
            LayerPlan plan = LayerPlan.Identity(count);
            int[] layers = [.. Enumerable.Range(first % count, Math.Min(length, count - (first % count)))];

            LayerPlan repeated = plan.Repeat(layers, times);
            LayerPlan undone = repeated with { Steps = repeated.Steps.RemoveRange(layers[^1] + 1, layers.Length * (times - 1)) };

            return repeated.Slots.Count() == count + (layers.Length * (times - 1)) && undone.Equals(plan);
        });
    }

    [Fact]
    public void Edits_keep_the_order_of_what_they_leave()
    {
        Gen.Select(DrawnPlans.Any, Gen.Int[0, 4]).Sample((plan, layer) =>
        {
            if (!plan.Slots.Any(slot => slot.Source == LayerPlan.Main && slot.Layer == layer))
            {
                return;
            }

            IEnumerable<LayerSlot> others = plan.Slots.Where(slot => slot.Source != LayerPlan.Main || slot.Layer != layer);

            Assert.Equal(others, plan.Skip([layer]).Slots);
            Assert.Equal(
                plan.Slots.Select(slot => slot.Source == LayerPlan.Main && slot.Layer == layer ? slot with { Source = "donor" } : slot),
                plan.Restore([layer], "donor").Slots);
            Assert.Equal(plan.EmbeddingSource, plan.Skip([layer]).EmbeddingSource);
        });
    }
}
