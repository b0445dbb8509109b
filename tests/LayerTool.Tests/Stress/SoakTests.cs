using LayerTool.Stress;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Stress;

[Collection(TorchCollection.Name)]
public sealed class SoakTests
{
    [Fact]
    public void Many_plans_of_one_decoder_leave_no_tensors_behind()
    {
        using StringWriter output = new();

        Assert.True(SoakRun.Run(SharedFiles.Model("stories260K"), count: 100, seed: 1, output), output.ToString());
    }
}
