using LayerTool.Stress;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Stress;

public sealed class KillTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_save_that_is_killed_leaves_its_target_absent_or_whole_and_the_next_run_clears_up()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "kills with SIGKILL");
        using StringWriter output = new();

        Assert.True(await KillRun.RunAsync(SharedFiles.Model("stories260K"), _folder.Path, count: 6, seed: 1, output), output.ToString());
    }
}
