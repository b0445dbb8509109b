using System.Text.Json.Nodes;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Saving;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Saving;

/// <summary>Quantised checkpoints are edited by whole layers: bytes move, names and the lists of names are renumbered.</summary>
public sealed class QuantizedTests
{
    [Theory]
    [InlineData("fp8-block-llama")]
    [InlineData("fp8-deepseek-mtp")]
    [InlineData("compressed-tensors")]
    [InlineData("awq")]
    [InlineData("gptq")]
    [InlineData("mxfp4-gpt-oss")]
    [InlineData("bnb-nf4")]
    [InlineData("bnb-int8")]
    [InlineData("modelopt-nvfp4")]
    public void Tensors_and_lists_follow_their_layers(string folder)
    {
        CheckpointSet sources = Open(folder);
        JsonObject edits = JsonNode.Parse(File.ReadAllText(SharedFiles.Find($"golden/variants/{folder}/edits.json")))!["edits"]!.AsObject();
        Assert.NotEmpty(edits);
        foreach ((_, JsonNode? edit) in edits)
        {
            using SavedCheckpoint saved = new(sources, PlanNotation.Parse(edit!["plan"]!.GetValue<string>()));

            JsonObject tensors = edit["tensors"]!.AsObject();
            Assert.Equal(tensors.Select(pair => pair.Key).Order(StringComparer.Ordinal), saved.Checkpoint.Tensors.Keys);
            Assert.All(tensors, pair => Assert.Equal(SavedCheckpoint.Bytes(sources.Main, pair.Value!.GetValue<string>()), saved.Bytes(pair.Key)));
            Assert.Equal(edit["total_size"]!.GetValue<long>(), saved.Result.TensorBytes);
            CheckFile(sources.Main.ConfigFile, saved.Checkpoint.ConfigFile, edit["config"]!.AsObject());
            foreach ((string file, JsonNode? values) in edit["other_files"]?.AsObject() ?? [])
            {
                CheckFile(Path.Combine(sources.Main.Folder, file), Path.Combine(saved.Checkpoint.Folder, file), values!.AsObject());
            }
        }
    }

    [Theory]
    [InlineData("gptq-dynamic", "0,2,4", "names layers in a way that LayerTool does not renumber")]
    [InlineData("fp8-block-llama", "0, 1.mlp, 2-4", "are quantised, so that its output projection cannot be written")]
    [InlineData("fp8-block-llama", "0, 1*0.5, 2-4", "are quantised, so that its output projection cannot be written")]
    public void What_cannot_be_written_is_refused_with_the_reason(string folder, string plan, string reason)
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(() => SavePlan.Create(Open(folder), PlanNotation.Parse(plan), cancellation: TestContext.Current.CancellationToken));

        Assert.Contains(reason, fault.Message);
    }

    [Theory]
    [InlineData("model.layers.1*", 11)] // also covers layer 10
    [InlineData("model.layers.1", 11)]
    [InlineData("*.layers.1.mlp", 5)]
    [InlineData("re:.*layers\\\\.1\\\\..*", 5)]
    public void An_entry_that_may_mean_several_layers_is_refused(string entry, int count)
    {
        JsonText text = Parse(entry);

        LayerToolException fault = Assert.Throws<LayerToolException>(() => new NamedLayers("model.layers.", count, [1, 0], "config.json").Renumber(text, text.Root, 0));

        Assert.Contains("does not renumber", fault.Message);
    }

    [Theory]
    [InlineData("lm_head")]
    [InlineData("re:.*lm_head")]
    [InlineData("re:.*w1$")]
    [InlineData("model.layers.*.mlp.router")]
    [InlineData("model.vision_tower.layers.1.mlp")]
    public void An_entry_without_a_layer_of_the_decoder_stays(string entry)
    {
        JsonText text = Parse(entry);

        Assert.Same(text, new NamedLayers("model.layers.", 5, [1, 0], "config.json").Renumber(text, text.Root, 0));
    }

    private static JsonText Parse(string entry) => JsonText.Parse(System.Text.Encoding.UTF8.GetBytes($$"""{"ignore": ["{{entry}}"]}"""));

    private static CheckpointSet Open(string folder) => new(Checkpoint.Open(SharedFiles.Find($"golden/variants/{folder}")));

    private static void CheckFile(string before, string after, JsonObject changes)
    {
        JsonObject expected = JsonNode.Parse(File.ReadAllText(before))!.AsObject();
        foreach ((string path, JsonNode? value) in changes)
        {
            string[] parts = path.Split('.');
            JsonObject owner = parts[..^1].Aggregate(expected, (node, part) => node[part]!.AsObject());
            owner[parts[^1]] = value?.DeepClone();
        }

        string actual = File.ReadAllText(after);
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(actual)), actual);
    }
}
