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
    public async Task A_layer_out_of_range_fails_and_names_the_range()
    {
        CommandRun run = await CommandRun.InProcessAsync("skip", Model, "--layers", "5");

        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains("0 to 4", run.Errors, StringComparison.Ordinal);
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
