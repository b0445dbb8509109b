using System.Text.Json.Nodes;
using LayerTool.Checkpoints;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

/// <summary>Checkpoints of a known family whose weights are quantised: edited by whole layers, not run.</summary>
public sealed class QuantizedEditTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static string Model => SharedFiles.Find("golden/variants/fp8-block-llama");

    [Fact]
    public async Task Whole_layers_are_left_out_and_cost_their_bytes()
    {
        CommandRun run = await CommandRun.InProcessAsync("skip", Model, "--layers", "1", "--json", "--quiet");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        JsonNode plan = JsonNode.Parse(run.Output)!["plan"]!;
        long layer = Checkpoint.Open(Model).Layers.InLayer(1).Sum(tensor => tensor.ByteCount);
        Assert.Equal(layer, plan["costBefore"]!["weightBytes"]!.GetValue<long>() - plan["costAfter"]!["weightBytes"]!.GetValue<long>());
        Assert.Null(plan["costAfter"]!["flopsPerToken"]);
    }

    [Fact]
    public async Task Without_names_of_layers_in_its_config_the_edit_is_saved()
    {
        string model = CheckpointCopy.Make(Model, _folder);
        JsonObject config = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(model, "config.json"), TestContext.Current.CancellationToken))!.AsObject();
        config["quantization_config"]!["modules_to_not_convert"] = new JsonArray("lm_head");
        await File.WriteAllTextAsync(Path.Combine(model, "config.json"), config.ToJsonString(), TestContext.Current.CancellationToken);

        CommandRun run = await CommandRun.InProcessAsync("skip", model, "--layers", "1", "-o", _folder.File("out"));

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(4, Checkpoint.Open(_folder.File("out")).Layers.Count);
    }

    [Fact]
    public async Task It_is_not_measured()
    {
        string text = _folder.Write("story.txt", "Once upon a time");

        CommandRun run = await CommandRun.InProcessAsync("skip", Model, "--layers", "1", "--eval", text);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("quantised weights are edited by whole layers and not run", run.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
