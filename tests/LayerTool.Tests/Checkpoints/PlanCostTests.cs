using LayerTool.Checkpoints;
using LayerTool.Plans;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Checkpoints;

public sealed class PlanCostTests
{
    // stories260K: hidden 64, inner 172, 8 heads, 4 KV heads of 8, 512 tokens, tied, float32, 5 layers.
    private const long Attention = (64 * 64) + (2 * 32 * 64) + (64 * 64) + 64;
    private const long Mlp = (3 * 64 * 172) + 64;
    private const long Outside = (512 * 64) + 64;

    private static CheckpointSet Sources => new(Checkpoint.Open(SharedFiles.Model("stories260K")));

    [Fact]
    public void A_checkpoint_costs_all_its_tensors()
    {
        PlanCost cost = PlanCost.Of(LayerPlan.Identity(5), Sources);

        Assert.Equal(Outside + (5 * (Attention + Mlp)), cost.Parameters);
        Assert.Equal(4 * cost.Parameters, cost.WeightBytes);
        Assert.Equal(5 * 2 * 4 * 8 * 4, cost.KvCacheBytesPerToken);
        Assert.Equal(2 * ((5 * (Attention - 64 + Mlp - 64)) + (512 * 64)), cost.FlopsPerToken);
    }

    [Theory]
    [InlineData("0-2, 4", 4, 4)]
    [InlineData("0-2, 3.mlp, 4", 4, 5)]
    [InlineData("0-2, 3.attn, 4", 5, 4)]
    [InlineData("none", 0, 0)]
    public void What_is_left_out_costs_nothing(string plan, int attentions, int mlps)
    {
        PlanCost cost = PlanCost.Of(PlanNotation.Parse(plan), Sources);

        Assert.Equal(Outside + (attentions * Attention) + (mlps * Mlp), cost.Parameters);
        Assert.Equal(attentions * 2 * 4 * 8 * 4, cost.KvCacheBytesPerToken);
    }

    [Fact]
    public void A_layer_played_again_costs_time_and_cache_but_no_weights()
    {
        PlanCost once = PlanCost.Of(LayerPlan.Identity(5), Sources);
        PlanCost thrice = PlanCost.Of(PlanNotation.Parse("(0-4)x3"), Sources);

        Assert.Equal((once.Parameters, once.WeightBytes), (thrice.Parameters, thrice.WeightBytes));
        Assert.Equal(3 * once.KvCacheBytesPerToken, thrice.KvCacheBytesPerToken);
        Assert.Equal(once.FlopsPerToken + (2 * 2 * 5 * (Attention - 64 + Mlp - 64)), thrice.FlopsPerToken);
    }

    [Fact]
    public void The_same_layer_of_two_sources_is_two_layers()
    {
        CheckpointSet sources = Sources;
        sources.Add("other", Checkpoint.Open(SharedFiles.Model("aidreams260K")));

        PlanCost cost = PlanCost.Of(PlanNotation.Parse("0-4, other:4"), sources);

        Assert.Equal(Outside + (6 * (Attention + Mlp)), cost.Parameters);
    }
}
