using System.Text.Json.Nodes;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

public sealed class RepeatCommandTests
{
    private static string Model => SharedFiles.Model("stories260K");

    [Fact]
    public async Task A_loop_costs_cache_and_time_but_no_weights()
    {
        CommandRun run = await CommandRun.InProcessAsync("repeat", Model, "--layers", "1-2", "--times", "3", "--json", "--quiet");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Errors);
        JsonNode plan = JsonNode.Parse(run.Output)!["plan"]!;
        Assert.Equal("0, (1-2)x3, 3-4", plan["after"]!.GetValue<string>());
        Assert.Equal(plan["costBefore"]!["parameters"]!.GetValue<long>(), plan["costAfter"]!["parameters"]!.GetValue<long>());
        Assert.Equal(1280, plan["costBefore"]!["kvCacheBytesPerToken"]!.GetValue<long>());
        Assert.Equal(9 * 256, plan["costAfter"]!["kvCacheBytesPerToken"]!.GetValue<long>());
    }

    [Theory]
    [InlineData("`--times` is `0`, expected a whole number from 1", "--layers", "1", "--times", "0")]
    [InlineData("`--times` is `two`, expected a whole number from 1", "--layers", "1", "--times", "two")]
    [InlineData("`--times` is required", "--layers", "1")]
    [InlineData("`--layers` is required", "--times", "2")]
    [InlineData("the range `3-1` ends before it begins", "--layers", "3-1", "--times", "2")]
    public async Task A_line_without_layers_or_times_is_wrong_usage(string said, params string[] options)
    {
        CommandRun run = await CommandRun.InProcessAsync(["repeat", Model, .. options]);

        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains(said, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_slots_than_a_plan_may_have_are_refused()
    {
        CommandRun run = await CommandRun.InProcessAsync("repeat", Model, "--layers", "all", "--times", "20000");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("makes 100,000 slots, a plan has at most 65,536", run.Errors, StringComparison.Ordinal);
    }
}
