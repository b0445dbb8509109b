using CsCheck;
using LayerTool.Plans;
using Xunit;

namespace LayerTool.Tests.Plans;

public sealed class PlanDiffTests
{
    [Theory]
    [InlineData("0-5", "0-5", "")]
    [InlineData("0-5", "0-2, 5", "slots 3-4: left out `3-4`")]
    [InlineData("0-5", "0-3, 2-5", "after slot 3: added `2-3`")]
    [InlineData("0-5", "0-3, 4-5.mlp", "slots 4-5: `4-5` becomes `4-5.mlp`")]
    [InlineData("0-5", "0, base:1-2, 3-4, 5*0.5", "slots 1-2: `1-2` becomes `base:1-2` / slot 5: `5` becomes `5*0.5`")]
    [InlineData("0-3", "0, [1|2], 3", "slots 1-2: left out `1-2` / after slot 2: added `[1|2]`")]
    [InlineData("0, [1|2], 3", "0, [1|2], 3, 3.mlp", "after slot 3: added `3.mlp`")]
    [InlineData("none", "0-1", "at the start: added `0-1`")]
    [InlineData("0-1", "none", "slots 0-1: left out `0-1`")]
    [InlineData("0, 1", "1, 0", "slot 0: left out `0` / after slot 1: added `0`")]
    public void A_difference_reads_like_the_edit_that_made_it(string before, string after, string lines)
    {
        PlanDiff diff = PlanDiff.Between(PlanNotation.Parse(before), PlanNotation.Parse(after));

        Assert.Equal(lines, string.Join(" / ", diff.Lines()));
    }

    [Fact]
    public void Another_embedding_or_head_is_a_difference()
    {
        LayerPlan plan = LayerPlan.Identity(2);
        PlanDiff embedding = PlanDiff.Between(plan, plan with { EmbeddingSource = "base" });
        PlanDiff head = PlanDiff.Between(plan, plan with { HeadSource = "base" });

        Assert.Equal(["embedding: `main` becomes `base`"], embedding.Lines());
        Assert.Equal(["head: `main` becomes `base`"], head.Lines());
    }

    [Fact]
    public void Plans_too_long_to_align_are_still_told_apart()
    {
        PlanDiff diff = PlanDiff.Between(PlanNotation.Parse("0-65535"), PlanNotation.Parse("65535-0"));

        Assert.Equal(["slots 0-65535: left out `0-65535`", "after slot 65535: added `65535-0`"], diff.Lines());
    }

    [Fact]
    public void A_plan_differs_from_itself_in_nothing()
    {
        DrawnPlans.Any.Sample(plan =>
        {
            PlanDiff diff = PlanDiff.Between(plan, plan);
            return diff.IsEmpty && diff.Changes.IsEmpty && diff.Lines().IsEmpty;
        });
    }

    [Fact]
    public void Making_the_changes_turns_the_first_plan_into_the_second()
    {
        Gen.Select(DrawnPlans.Any, DrawnPlans.Any).Sample((before, after) =>
        {
            PlanDiff diff = PlanDiff.Between(before, after);
            List<PlanStep> made = [.. before.Steps];
            foreach (PlanChange change in diff.Changes.Reverse())
            {
                int start = StepAt(before, change.BeforeSlot);
                Assert.Equal(change.Before, made.GetRange(start, change.Before.Length));
                made.RemoveRange(start, change.Before.Length);
                made.InsertRange(start, change.After);
            }

            return made.SequenceEqual(after.Steps) && diff.IsEmpty == before.Equals(after) && diff.IsEmpty == diff.Lines().IsEmpty;
        });
    }

    // The index of the step that begins at a slot.
    private static int StepAt(LayerPlan plan, int slot)
    {
        int index = 0;
        while (slot > 0)
        {
            slot -= new LayerPlan([plan.Steps[index]]).Slots.Count();
            index++;
        }

        return index;
    }
}
