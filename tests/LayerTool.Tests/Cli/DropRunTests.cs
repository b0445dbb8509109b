using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using LayerTool.Checkpoints;
using LayerTool.Safetensors;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

/// <summary>drop from a model to a folder, and what happens on the way where the model or the folder does not allow it.</summary>
[Collection(TorchCollection.Name)]
public sealed class DropRunTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static string Model => SharedFiles.Model("stories260K");

    private static string Golden => SharedFiles.Find("golden/methods/scores-stories260K.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_saved_scores_as_the_plan_did_and_knows_the_scores_it_was_chosen_by()
    {
        string saved = _folder.File("out");
        string plan = _folder.File("plan.json");
        string ranking = _folder.File("ranking.json");
        Assert.Equal(0, (await CommandRun.InProcessAsync("score", Model, "--calib", Golden, "--dtype", "float32", "-o", ranking)).ExitCode);

        CommandRun run = await CommandRun.InProcessAsync(
            "drop", Model, "--attn", "2", "--calib", Golden, "--dtype", "float32", "-o", saved, "--plan-out", plan);

        Assert.Equal(0, run.ExitCode);
        JsonNode ofSaved = await ScoresAsync(saved);
        JsonNode ofPlan = await ScoresAsync(plan);
        for (int layer = 0; layer < 5; layer++)
        {
            Assert.Equal(Number(ofPlan, layer, "mlp"), Number(ofSaved, layer, "mlp"), 1e-6);
            Assert.Equal(Number(ofPlan, layer, "block"), Number(ofSaved, layer, "block"), 1e-6);
            Assert.Equal(layer is 2 or 4, ofPlan["scores"]![layer]!["attention"] is null);
        }

        string provenance = await File.ReadAllTextAsync(Path.Combine(saved, "layertool.json"), TestContext.Current.CancellationToken);
        double expected = Number(JsonNode.Parse(await File.ReadAllTextAsync(ranking, TestContext.Current.CancellationToken))!, 2, "attention");
        Assert.Equal(expected, JsonNode.Parse(provenance)!["scores"]!["attention"]![2]!.GetValue<double>(), 1e-6);
    }

    [Fact]
    public async Task A_folder_that_is_there_is_said_before_anything_is_scored()
    {
        string taken = Directory.CreateDirectory(_folder.File("taken")).FullName;

        CommandRun run = await CommandRun.InProcessAsync("drop", Model, "--attn", "2", "--calib", Golden, "-o", taken);

        Assert.Equal(1, run.ExitCode);
        Assert.DoesNotContain("calibration", run.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(taken));
    }

    [Theory]
    [InlineData("score")]
    [InlineData("drop", "--attn", "1")]
    [InlineData("drop", "--joint")]
    public async Task NaN_in_weights_is_named_and_never_the_most_redundant(string verb, params string[] options)
    {
        string broken = CopyWithNaN("model.layers.2.self_attn.o_proj.weight");

        CommandRun run = await CommandRun.InProcessAsync([verb, broken, .. options, "--calib", Golden, "--dtype", "float32"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains("the attention of layer 2 gives NaN", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NaN_in_weights_is_said_by_eval_too()
    {
        CommandRun run = await CommandRun.InProcessAsync(
            "eval", CopyWithNaN("model.layers.0.mlp.up_proj.weight"), "--text", SharedFiles.Find("data/wikitext/edge.jsonl"), "--dtype", "float32");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("is not finite", run.Errors, StringComparison.Ordinal);
    }

    private static async Task<JsonNode> ScoresAsync(string model)
    {
        CommandRun run = await CommandRun.InProcessAsync("score", model, "--calib", Golden, "--dtype", "float32", "--json", "--quiet");
        Assert.Equal(0, run.ExitCode);
        return JsonNode.Parse(run.Output)!;
    }

    private static double Number(JsonNode ranking, int layer, string name) => ranking["scores"]![layer]![name]!.GetValue<double>();

    private string CopyWithNaN(string tensor)
    {
        string copy = Directory.CreateDirectory(_folder.File("broken")).FullName;
        foreach (string file in Directory.GetFiles(Model))
        {
            File.WriteAllBytes(Path.Combine(copy, Path.GetFileName(file)), File.ReadAllBytes(file));
        }

        TensorEntry entry = Checkpoint.Open(copy).Tensors[tensor];
        using FileStream stream = File.OpenWrite(entry.File);
        stream.Position = entry.Offset;
        stream.Write(MemoryMarshal.AsBytes<float>([float.NaN]));
        return copy;
    }
}
