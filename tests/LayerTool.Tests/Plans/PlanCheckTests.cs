using LayerTool.Faults;
using LayerTool.Plans;
using Xunit;

namespace LayerTool.Tests.Plans;

public sealed class PlanCheckTests
{
    private static readonly Dictionary<string, SourceLayers> Sources = new()
    {
        ["main"] = new SourceLayers([.. Enumerable.Repeat(LayerHalves.Both, 4)]),
        ["base"] = new SourceLayers([LayerHalves.Both, LayerHalves.Attention, LayerHalves.Mlp, LayerHalves.None]),
    };

    [Theory]
    [InlineData("none")]
    [InlineData("0-3")]
    [InlineData("3-0, base:0-3, [0|base:1+lora]")]
    [InlineData("base:1.attn, base:2.mlp")]
    [InlineData("base:3.attn, base:3")] // stored with neither half: plays nothing
    public void A_plan_that_its_sources_can_play_passes(string text)
    {
        LayerPlan plan = PlanNotation.Parse(text);

        Assert.Null(Record.Exception(() => PlanCheck.Check(plan, Sources, ["lora"])));
    }

    [Theory]
    [InlineData("0, 4", "slot 1, `4`: the source `main` has the layers 0 to 3")]
    [InlineData("0-1, [2|base:4]", "slot 3, `base:4`: the source `base` has the layers 0 to 3")]
    [InlineData("0-1, donor:2", "slot 2, `donor:2`: the source `donor` is not known")]
    [InlineData("0, 1+tuned", "slot 1, `1+tuned`: the adapter `tuned` is not known")]
    [InlineData("0, base:1.mlp", "slot 1, `base:1.mlp` plays the MLP alone, which `base` does not store for this layer")]
    [InlineData("0, base:2.attn*2", "slot 1, `base:2.attn*2` plays the attention alone, which `base` does not store for this layer")]
    public void A_fault_names_the_slot_and_the_source(string text, string message)
    {
        LayerPlan plan = PlanNotation.Parse(text);

        LayerToolException fault = Assert.Throws<LayerToolException>(() => PlanCheck.Check(plan, Sources, ["lora"]));

        Assert.Equal(message, fault.Message);
    }

    [Fact]
    public void Unknown_names_come_with_the_known_ones()
    {
        Assert.Equal(
            "known sources: `base`, `main`; `edit` takes another with `--source x=FOLDER`, a plan file lists it under `sources`",
            Assert.Throws<LayerToolException>(() => PlanCheck.Check(PlanNotation.Parse("x:0"), Sources)).Hint);
        Assert.Equal("there are no adapters; give it with `--adapter x=FOLDER`, a plan file lists it under `adapters`", Assert.Throws<LayerToolException>(() => PlanCheck.Check(PlanNotation.Parse("0+x"), Sources)).Hint);
    }

    [Fact]
    public void Embedding_and_head_need_known_sources_too()
    {
        LayerPlan embedding = LayerPlan.Identity(2) with { EmbeddingSource = "donor" };
        LayerPlan head = LayerPlan.Identity(2) with { HeadSource = "donor" };

        Assert.Equal("the embedding: the source `donor` is not known", Assert.Throws<LayerToolException>(() => PlanCheck.Check(embedding, Sources)).Message);
        Assert.Equal("the head: the source `donor` is not known", Assert.Throws<LayerToolException>(() => PlanCheck.Check(head, Sources)).Message);
    }

    public static TheoryData<string, PlanStep> NoPlans => new()
    {
        { "slot 0 plays neither attention nor MLP", new LayerSlot("main", 0, 0, 0) },
        { "slot 0 has the gains NaN and 1", new LayerSlot("main", 0, double.NaN) },
        { "slot 0 has the gains 1 and -1", new LayerSlot("main", 0, 1, -1) },
        { "slot 0 plays layer -1, layers count from 0", new LayerSlot("main", -1) },
        { "the source of slot 0 is `a b`, which is no name", new LayerSlot("a b", 0) },
        { "the adapter of slot 0 is ``, which is no name", new LayerSlot("main", 0, Adapter: "") },
        { "the parallel group at slot 0 has 1 member(s), it needs two or more", new ParallelGroup([[new LayerSlot("main", 0)]]) },
        { "the parallel group at slot 1 has a member without slots", new ParallelGroup([[new LayerSlot("main", 0)], []]) },
        { "the parallel groups at slot 64 are nested more than 64 deep", Nested(65) },
    };

    [Theory]
    [MemberData(nameof(NoPlans), DisableDiscoveryEnumeration = true)]
    public void A_value_that_is_no_plan_is_refused(string message, PlanStep step)
    {
        Assert.Equal(message, Assert.Throws<LayerToolException>(() => PlanCheck.CheckShape(new LayerPlan([step]))).Message);
    }

    private static PlanStep Nested(int depth)
    {
        PlanStep step = new LayerSlot("main", 0);
        for (int level = 0; level < depth; level++)
        {
            step = new ParallelGroup([[new LayerSlot("main", 0)], [step]]);
        }

        return step;
    }
}
