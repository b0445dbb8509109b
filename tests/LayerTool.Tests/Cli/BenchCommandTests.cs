using System.Text.Json.Nodes;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

[Collection(TorchCollection.Name)]
public sealed class BenchCommandTests
{
    private static string Model => SharedFiles.Model("stories260K");

    [Fact]
    public async Task Every_combination_is_timed_and_the_cache_is_as_large_as_its_tokens()
    {
        CommandRun run = await CommandRun.InProcessAsync(
            "bench", Model, "--prompt", "8,16", "--gen", "0,4", "--batch", "2", "--repetitions", "2", "--warmup", "0", "--dtype", "float32", "--json");

        Assert.Equal(0, run.ExitCode);
        JsonArray cases = JsonNode.Parse(run.Output)!["cases"]!.AsArray();
        Assert.Equal(["8+0", "8+4", "16+0", "16+4"], cases.Select(one => $"{one!["prompt"]}+{one["generate"]}"));
        Assert.Equal([2 * 8 * 1280, 2 * 12 * 1280, 2 * 16 * 1280, 2 * 20 * 1280], cases.Select(one => one!["cacheBytes"]![0]!.GetValue<int>()));
        Assert.All(cases, one => Assert.True(one!["prefill"]![0]!["median"]!.GetValue<double>() > 0));
        Assert.Empty(cases[0]!["decode"]!.AsArray());
        Assert.Equal(2, cases[1]!["rounds"]![0]!.AsArray().Count);
    }

    [Fact]
    public async Task Two_models_take_turns_and_the_speed_up_has_an_interval()
    {
        CommandRun run = await CommandRun.InProcessAsync(
            "bench", Model, "--vs", Model, "--points-lost", "1.5", "--prompt", "4", "--gen", "2", "--repetitions", "3", "--dtype", "float32", "--json");
        CommandRun alone = await CommandRun.InProcessAsync("bench", Model, "--points-lost", "1");

        Assert.Equal(0, run.ExitCode);
        JsonNode json = JsonNode.Parse(run.Output)!;
        Assert.Equal(2, json["models"]!.AsArray().Count);
        JsonNode speedup = json["cases"]![0]!["decodeSpeedup"]!;
        Assert.InRange(speedup["median"]!.GetValue<double>(), speedup["low"]!.GetValue<double>(), speedup["high"]!.GetValue<double>());
        Assert.Equal(
            1.5 / ((speedup["median"]!.GetValue<double>() - 1) * 100), json["cases"]![0]!["pointsPerPercent"]!.GetValue<double>(), 1e-6);
        Assert.Equal(2, alone.ExitCode);
        Assert.Contains("`--points-lost` counts against another model", alone.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_table_has_two_rows_a_case()
    {
        CommandRun run = await CommandRun.InProcessAsync("bench", Model, "--prompt", "8", "--gen", "2", "--repetitions", "1", "--dtype", "float32");

        Assert.Equal(0, run.ExitCode);
        Assert.Matches("\n +1 +8 +2  prefill +[0-9,.]+ ", run.Output);
        Assert.Matches("\n +decode +[0-9,.]+ ", run.Output);
    }

    [Theory]
    [InlineData("500 tokens and 13 more are 513; the model was made for 512", 1, "--prompt", "500", "--gen", "13")]
    [InlineData("`--batch` is `0`, expected whole numbers of at least 1", 2, "--batch", "0")]
    public async Task What_cannot_be_timed_is_said(string expected, int exitCode, params string[] options)
    {
        CommandRun run = await CommandRun.InProcessAsync(["bench", Model, .. options]);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(expected, run.Errors, StringComparison.Ordinal);
    }
}
