using LayerTool.Plans;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli.Editing;

/// <summary>A plan file over a source whose layers have the same shape and another RoPE.</summary>
public sealed class SourceMismatchTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _base;

    public SourceMismatchTests()
    {
        _base = CheckpointCopy.Make(Model, _folder, "base");
        CheckpointCopy.Edit(_base, "\"rms_norm_eps\": 1e-05", "\"rms_norm_eps\": 0.25");
    }

    private static string Model => SharedFiles.Model("stories260K");

    [Fact]
    public async Task A_plan_made_with_the_option_opens_without_it_and_says_what_differs()
    {
        string file = _folder.File("plan.json");
        await CommandRun.InProcessAsync("restore", Model, "--layers", "1", "--from", _base, "--allow-config-mismatch", "--plan-out", file);

        CommandRun shown = await CommandRun.InProcessAsync("inspect", file);
        CommandRun edited = await CommandRun.InProcessAsync("edit", Model, "--plan", file);
        string again = _folder.File("again.json");
        await CommandRun.InProcessAsync("skip", file, "--layers", "0", "--plan-out", again);

        Assert.All([shown, edited], run => Assert.Equal(0, run.ExitCode));
        Assert.All([shown, edited], run => Assert.Contains("warning: `rms_norm_eps` is 0.25 in `base`", run.Errors, StringComparison.Ordinal));
        Assert.Equal([false, true], PlanJson.ReadFile(again).Sources.Select(source => source.AllowConfigMismatch));
    }

    [Theory]
    [InlineData("inspect", "PLAN")]
    [InlineData("skip", "PLAN", "--layers", "0")]
    [InlineData("edit", "MODEL", "--plan", "PLAN")]
    public async Task A_plan_made_without_it_is_refused_with_the_fields(params string[] line)
    {
        string file = _folder.File("plan.json");
        PlanJson.WriteFile(new PlanFile(PlanNotation.Parse("0, base:1")) { Sources = [new PlanSource("main", Model), new PlanSource("base", _base)] }, file);

        CommandRun run = await CommandRun.InProcessAsync([.. line.Select(word => word == "PLAN" ? file : word == "MODEL" ? Model : word)]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("`rms_norm_eps` is 0.25, expected ", run.Errors, StringComparison.Ordinal);
        Assert.Contains("\"allowConfigMismatch\": true", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_file_that_is_played_brings_its_steps_and_tells_of_another_checkpoint()
    {
        string first = _folder.File("first.json");
        string second = _folder.File("second.json");
        await CommandRun.InProcessAsync("skip", SharedFiles.Find("golden/models/llama"), "--layers", "1", "--plan-out", first);

        CommandRun run = await CommandRun.InProcessAsync("edit", Model, "--plan", first, "--plan-out", second);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("the source `main` is not the checkpoint that the plan was made for", run.Errors, StringComparison.Ordinal);
        Assert.Equal(["skip", "edit"], PlanJson.ReadFile(second).History.Select(step => step.Command));
    }

    public void Dispose() => _folder.Dispose();
}
