using LayerTool.Plans;
using Xunit;

namespace LayerTool.Tests.Plans;

public sealed class PlanTreeTests
{
    [Fact]
    public void Beginnings_that_plans_share_stand_in_the_tree_once()
    {
        PlanTree tree = PlanTree.Of([PlanNotation.Parse("0-7"), PlanNotation.Parse("0-3, 5-7"), PlanNotation.Parse("0-3, 4.mlp, 5-7")]);

        Assert.Equal(8 + 7 + 8, tree.SlotCountAlone);
        Assert.Equal(4 + 4 + 3 + 4, tree.SlotCount);
        PlanTree.Node root = Assert.Single(tree.Roots).Node;
        Assert.Equal(4, root.Steps.Length);
        Assert.Equal([0, 1, 2], root.Children.SelectMany(child => child.Ending).Order());
        Assert.Equal([4, 8, 11], root.Children.Select(child => child.FirstSlot));
    }

    [Fact]
    public void A_plan_may_end_where_another_goes_on()
    {
        PlanTree tree = PlanTree.Of([PlanNotation.Parse("none"), PlanNotation.Parse("0-1"), PlanNotation.Parse("0-1, 2"), PlanNotation.Parse("0-1, 2")]);

        PlanTree.Node root = Assert.Single(tree.Roots).Node;
        Assert.Equal([0], root.Ending);
        Assert.Equal([1], Assert.Single(root.Children).Ending);
        Assert.Equal([2, 3], Assert.Single(root.Children[0].Children).Ending);
        Assert.Equal(3, tree.SlotCount);
    }

    [Fact]
    public void Plans_of_other_embeddings_share_nothing()
    {
        LayerPlan plan = LayerPlan.Identity(3);

        PlanTree tree = PlanTree.Of([plan, plan with { EmbeddingSource = "base" }]);

        Assert.Equal([LayerPlan.Main, "base"], tree.Roots.Select(root => root.EmbeddingSource));
        Assert.Equal(6, tree.SlotCount);
    }
}
