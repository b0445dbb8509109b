using System.Text.Json.Nodes;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

public sealed class SkipCommandTests
{
    private static string Model => SharedFiles.Model("stories260K");

    [Fact]
    public async Task The_plan_and_what_it_saves_are_shown_and_nothing_is_written()
    {
        CommandRun run = await CommandRun.InProcessAsync("skip", Model, "--layers", "1-2", "--attn-layers", "-1");

        Assert.Equal(0, run.ExitCode);
        Snapshot.Check("Edit/skip", run.Output + "---\n" + run.Errors, (Model, "MODEL"));
    }

    [Fact]
    public async Task Json_holds_plans_and_costs()
    {
        CommandRun run = await CommandRun.InProcessAsync("skip", Model, "--layers", "3", "--json", "--quiet");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Errors);
        JsonObject json = JsonNode.Parse(run.Output)!.AsObject();
        Assert.Equal(("schema", "layertool.edit/1"), (json.First().Key, json.First().Value!.GetValue<string>()));
        Assert.Equal("0-2, 4", json["plan"]!["after"]!.GetValue<string>());
        Assert.Equal(1280, json["plan"]!["costBefore"]!["kvCacheBytesPerToken"]!.GetValue<long>());
        Assert.Equal(1024, json["plan"]!["costAfter"]!["kvCacheBytesPerToken"]!.GetValue<long>());
    }

    [Fact]
    public async Task A_half_that_the_checkpoint_drops_already_is_named_with_those_that_run()
    {
        CommandRun run = await CommandRun.InProcessAsync("skip", SharedFiles.Find("golden/variants/llm-drop-int-list"), "--attn-layers", "0-1");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("layer 1 has no attention that runs", run.Errors, StringComparison.Ordinal);
        Assert.Contains("hint: its attention runs in the layers 0, 2, 4", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Which_engines_run_a_deci_checkpoint_is_said()
    {
        using TempFolder folder = new();
        CommandRun run = await CommandRun.InProcessAsync(
            "skip", SharedFiles.Find("golden/variants/deci"), "--attn-layers", "4", "--format", "deci", "--save-dtype", "float16", "-o", folder.File("out"));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("format deci", run.Output, StringComparison.Ordinal);
        Assert.Contains("mlx-lm runs it with the gain in speed", run.Errors, StringComparison.Ordinal);
        Assert.Contains("cast from BF16 to F16", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_layer_out_of_range_fails_and_names_the_range()
    {
        CommandRun run = await CommandRun.InProcessAsync("skip", Model, "--layers", "5");

        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains("0 to 4", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_file_tells_what_its_measurements_depend_on_and_the_hash_asked_for()
    {
        using TempFolder folder = new();
        string text = folder.Write("story.txt", "Once upon a time, there was a little girl named Lily.");
        string plan = folder.File("plan.json");

        CommandRun run = await CommandRun.InProcessAsync(
            "skip", Model, "--layers", "1", "--eval", text, "--threads", "1", "--seed", "7", "--hash", "full", "--plan-out", plan, "-o", folder.File("out"));

        Assert.Equal(0, run.ExitCode);
        foreach (string file in (string[])[plan, folder.File("out/layertool.json")])
        {
            JsonObject json = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!.AsObject();
            Assert.Equal(
                [("device", "cpu"), ("dtype", "float32"), ("evaluation story.txt", "sha256:3d46d2da05b38205e1a060b6c7490789"), ("seed", "7"), ("threads", "1")],
                json["settings"]!.AsObject().Select(pair => (pair.Key, pair.Value!.GetValue<string>()[..Math.Min(39, pair.Value.GetValue<string>().Length)])));
            Assert.StartsWith("sha256:", json["sources"]!["main"]!["hash"]!.GetValue<string>(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_calibration_text_that_nothing_is_chosen_by_is_told_of()
    {
        CommandRun run = await CommandRun.InProcessAsync("skip", Model, "--layers", "1", "--calib", "wiki.txt");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("`--calib` has no use here", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nothing to skip")]
    [InlineData("position 4", "--layers", "1--")]
    public async Task A_line_that_names_no_layers_is_wrong_usage(string said, params string[] options)
    {
        CommandRun run = await CommandRun.InProcessAsync(["skip", Model, .. options]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(said, run.Errors, StringComparison.Ordinal);
    }
}
