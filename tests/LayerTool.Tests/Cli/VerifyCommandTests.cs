using System.Text.Json;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

[Collection(TorchCollection.Name)]
public sealed class VerifyCommandTests
{
    [Fact]
    public async Task A_reference_that_holds_exits_with_0_and_one_that_does_not_with_1()
    {
        using TempFolder temp = new();
        string folder = CheckpointCopy.Make(SharedFiles.Find("golden/models/llama"), temp);
        string whole = SharedFiles.Find("golden/models/llama");
        CheckpointCopy.Set(folder, "model.layers.2.mlp.down_proj.weight", 7, 9);

        CommandRun good = await CommandRun.InProcessAsync("verify", whole, "--quiet", "--threads", "1");
        CommandRun bad = await CommandRun.InProcessAsync("verify", folder, "--bisect", "--threads", "1");

        Assert.Equal((0, "", ""), (good.ExitCode, good.Output, good.Errors));
        Assert.Equal(1, bad.ExitCode);
        Assert.Contains("first to leave the reference: layer 2, MLP", bad.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_holds_every_tensor_with_its_difference_and_tolerance()
    {
        CommandRun run = await CommandRun.InProcessAsync("verify", SharedFiles.Find("golden/models/qwen3-bf16"), "--json", "--threads", "1");

        using JsonDocument report = JsonDocument.Parse(run.Output);
        Assert.Equal("schema", report.RootElement.EnumerateObject().First().Name);
        Assert.True(report.RootElement.GetProperty("holds").GetBoolean());
        JsonElement mlp = report.RootElement.GetProperty("findings").EnumerateArray().Single(finding => finding.GetProperty("name").GetString() == "mlp.3");
        Assert.Equal((0.15, 0.04, true), (mlp.GetProperty("tolerance").GetDouble(), mlp.GetProperty("rmsTolerance").GetDouble(), mlp.GetProperty("relative").GetBoolean()));
        Assert.InRange(mlp.GetProperty("rmsDifference").GetDouble(), 1e-6, 0.04);
    }

    [Fact]
    public async Task A_recorded_run_of_a_plan_is_verified_under_its_plan()
    {
        using TempFolder temp = new();
        string model = SharedFiles.Model("stories260K");
        string plan = temp.File("plan.json");
        string reference = temp.File("reference.safetensors");
        await CommandRun.InProcessAsync("repeat", model, "--layers", "2", "--times", "2", "--plan-out", plan);

        CommandRun recorded = await CommandRun.InProcessAsync("verify", plan, "--record", reference, "--text", temp.Write("story.txt", "Once upon a time"), "--threads", "1");
        CommandRun verified = await CommandRun.InProcessAsync("verify", model, "--expected", reference, "--threads", "1");

        Assert.Equal((0, 0), (recorded.ExitCode, verified.ExitCode));
        Assert.Contains("layer.5", verified.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("needs one of `--ids FILE` and `--text FILE`", "--record", "r.safetensors")]
    [InlineData("belong to `--record FILE`", "--ids", "rows.json")]
    [InlineData("takes neither `--expected` nor `--bisect`", "--record", "r.safetensors", "--ids", "rows.json", "--bisect")]
    public async Task Options_that_do_not_go_together_are_wrong_usage(string message, params string[] options)
    {
        CommandRun run = await CommandRun.InProcessAsync(["verify", "model", .. options]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_reference_says_how_to_give_one()
    {
        CommandRun run = await CommandRun.InProcessAsync("verify", SharedFiles.Model("stories260K"));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("expected.safetensors does not exist", run.Errors, StringComparison.Ordinal);
        Assert.Contains("hint: give the reference outputs with `--expected FILE`", run.Errors, StringComparison.Ordinal);
    }
}
