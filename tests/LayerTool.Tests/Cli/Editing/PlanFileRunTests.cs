using LayerTool.Plans;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli.Editing;

public sealed class PlanFileRunTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static string Model => SharedFiles.Model("stories260K");

    [Fact]
    public async Task A_written_plan_opens_as_a_model_and_remembers_how_it_came_about()
    {
        string first = _folder.File("first.json");
        string second = _folder.File("second.json");

        CommandRun one = await CommandRun.InProcessAsync("skip", Model, "--layers", "1", "--plan-out", first);
        CommandRun two = await CommandRun.InProcessAsync("skip", first, "--attn-layers", "3", "--plan-out", second);

        Assert.Equal((0, 0), (one.ExitCode, two.ExitCode));
        PlanFile plan = PlanJson.ReadFile(second);
        Assert.Equal("0, 2, 3.mlp, 4", PlanNotation.Print(plan.Plan));
        Assert.Equal(["skip", "skip"], plan.History.Select(entry => entry.Command));
        Assert.Equal([Model, "--layers", "1", "--plan-out", first], plan.History[0].Arguments);
        PlanSource source = Assert.Single(plan.Sources);
        Assert.Equal((LayerPlan.Main, Model, "llama"), (source.Name, source.Path, source.Architecture));
    }

    [Fact]
    public async Task An_existing_plan_file_is_kept_unless_forced()
    {
        string file = _folder.Write("plan.json", "mine");

        CommandRun refused = await CommandRun.InProcessAsync("skip", Model, "--layers", "1", "--plan-out", file);
        string kept = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        CommandRun forced = await CommandRun.InProcessAsync("skip", Model, "--layers", "1", "--plan-out", file, "--force");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("--force", refused.Errors, StringComparison.Ordinal);
        Assert.Equal("mine", kept);
        Assert.Equal(0, forced.ExitCode);
        Assert.Equal("0, 2-4", PlanNotation.Print(PlanJson.ReadFile(file).Plan));
    }

    [Fact]
    public async Task An_existing_plan_file_is_found_before_anything_is_read()
    {
        string file = _folder.Write("plan.json", "mine");

        CommandRun run = await CommandRun.InProcessAsync("skip", _folder.File("no-model"), "--layers", "1", "--plan-out", file);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("plan.json: the file exists already", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_writes_nothing()
    {
        string file = _folder.File("plan.json");

        CommandRun run = await CommandRun.InProcessAsync("skip", Model, "--layers", "1", "--plan-out", file, "--dry-run");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task A_plan_without_sources_says_how_to_play_it()
    {
        string file = _folder.File("plan.json");
        PlanJson.WriteFile(new PlanFile(LayerPlan.Identity(3)), file);

        CommandRun run = await CommandRun.InProcessAsync("skip", file, "--layers", "1");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("names no sources", run.Errors, StringComparison.Ordinal);
        Assert.Contains("--plan", run.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
