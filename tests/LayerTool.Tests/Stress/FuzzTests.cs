using LayerTool.Stress;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Stress;

/// <summary>A tenth of what the stress program runs: damaged input gives a fault with a hint or is read; nothing else comes out.</summary>
[Collection(TorchCollection.Name)]
public sealed class FuzzTests : IDisposable
{
    private const int Cases = 10_000;
    private const int Seed = 7; // the program starts at 1

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Damaged_input_gives_a_fault_that_says_so_or_is_read()
    {
        IReadOnlyList<FuzzTarget> targets = FuzzTargets.Make(SharedFiles.Model("stories260K"), _folder.Path);
        int shares = targets.Sum(target => target.Share);

        foreach (FuzzTarget target in targets)
        {
            FuzzRun run = await FuzzRun.RunAsync(target, Cases * target.Share / shares, Seed);

            Assert.Empty(run.Failures);
            Assert.InRange(run.Refused, run.Cases / 4, run.Cases); // the damage is real
        }
    }
}
