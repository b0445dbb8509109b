using LayerTool.Plans;
using Xunit;

namespace LayerTool.Tests.Plans;

public sealed class LayerPlanTests
{
    [Fact]
    public void Equal_steps_make_equal_plans()
    {
        Assert.Equal(LayerPlan.Identity(3), LayerPlan.Identity(3));
        Assert.NotEqual(LayerPlan.Identity(3), LayerPlan.Identity(4));
    }
}
