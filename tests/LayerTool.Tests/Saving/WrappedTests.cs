using System.Text.Json.Nodes;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Safetensors;
using LayerTool.Saving;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Saving;

/// <summary>A text tower inside a multimodal checkpoint: its layers move, everything else stays byte for byte and name for name.</summary>
public sealed class WrappedTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<string> Folders =>
    [
        "gemma3-conditional", "gemma3-conditional/other-names", "llama4-conditional", "llava-llama", "llava-llama/other-names", "mistral3-mistral",
        "mistral3-mistral/other-names", "mistral3-ministral3", "mistral3-ministral3/other-names", "qwen2-5-vl", "qwen2-5-vl/other-names", "qwen3-vl",
        "qwen3-5-conditional",
    ];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Whole_layer_edits_change_what_the_reference_changes(string folder)
    {
        string root = SharedFiles.Find($"golden/variants/{folder}");
        CheckpointSet sources = new(Checkpoint.Open(root));
        string about = Path.Combine(folder.Contains('/') ? Path.GetDirectoryName(root)! : root, "expected.json");
        JsonObject edits = JsonNode.Parse(File.ReadAllText(about))!["edits"]!.AsObject();
        Assert.NotEmpty(edits);
        foreach ((_, JsonNode? edit) in edits)
        {
            int[] order = [.. edit!["order"]!.AsArray().Select(layer => layer!.GetValue<int>())];
            using SavedCheckpoint saved = new(sources, new LayerPlan([.. order.Select(layer => new LayerSlot(LayerPlan.Main, layer))]));

            CheckTensors(sources.Main, order, saved);
            JsonObject expected = (JsonObject)sources.Main.ConfigJson.DeepClone();
            foreach ((string path, JsonNode? value) in edit["config"]!.AsObject())
            {
                string[] parts = path.Split('.');
                JsonObject owner = parts[..^1].Aggregate(expected, (node, part) => node[part]!.AsObject());
                owner[parts[^1]] = value?.DeepClone();
            }

            Assert.True(JsonNode.DeepEquals(expected, saved.Checkpoint.ConfigJson), saved.Text("config.json"));
        }
    }

    [Fact]
    public void A_config_that_keeps_the_decoder_at_the_top_level_is_edited_there()
    {
        string copy = CheckpointCopy.Make(SharedFiles.Find("golden/variants/qwen2-5-vl"), _folder);
        File.Copy(Path.Combine(copy, "config.transformers4.json"), Path.Combine(copy, "config.json"), overwrite: true);
        CheckpointSet sources = new(Checkpoint.Open(copy));

        using SavedCheckpoint saved = new(sources, PlanNotation.Parse("0, 2-4"));

        CheckTensors(sources.Main, [0, 2, 3, 4], saved);
        JsonObject expected = (JsonObject)sources.Main.ConfigJson.DeepClone();
        expected["num_hidden_layers"] = 4;
        Assert.True(JsonNode.DeepEquals(expected, saved.Checkpoint.ConfigJson), saved.Text("config.json"));
    }

    [Fact]
    public void A_layer_count_that_the_file_leaves_to_the_familys_default_is_written()
    {
        string copy = CheckpointCopy.Make(SharedFiles.Find("golden/variants/llava-llama"), _folder);
        File.Delete(Path.Combine(copy, "model.safetensors"));
        TinySafetensors.Write(Path.Combine(copy, "model.safetensors"), [.. Enumerable.Range(0, 32).Select(layer => ($"language_model.model.layers.{layer}.mlp.up_proj.weight", (long[])[2]))]);
        CheckpointCopy.Edit(copy, "\"num_hidden_layers\": 5,", "");
        CheckpointSet sources = new(Checkpoint.Open(copy));
        Assert.Equal(32, sources.Main.Layers.Count);

        DecoderConfig config = OutputConfig.ForLayers(DecoderConfig.Parse(sources.Main.ConfigBytes.Span, "config.json"), [new LayerOrigin(DecoderConfig.Parse(sources.Main.ConfigBytes.Span, "config.json"), 3)]);

        Assert.Equal("1", config.Raw("num_hidden_layers"));
    }

    [Theory]
    [InlineData("mistral3-mistral", "main")]
    [InlineData("mistral3-mistral/other-names", "donor")]
    [InlineData("qwen3-vl", "donor")]
    public void Ends_of_another_checkpoint_bring_nothing_but_embedding_norm_and_head(string folder, string embedding)
    {
        string root = SharedFiles.Find($"golden/variants/{folder}");
        CheckpointSet sources = new(Checkpoint.Open(root));
        sources.Add("donor", Checkpoint.Open(SharedFiles.Find($"golden/variants/{folder.Split('/')[0]}/donor")));
        LayerPlan plan = LayerPlan.Identity(5) with { HeadSource = "donor", EmbeddingSource = embedding };

        using SavedCheckpoint saved = new(sources, plan);

        Assert.Equal(sources.Main.Tensors.Keys, saved.Checkpoint.Tensors.Keys);
        string[] replaced = [.. sources.Main.Tensors.Keys.Where(name => !SavedCheckpoint.Bytes(sources.Main, name).AsSpan().SequenceEqual(saved.Bytes(name)))];
        string[] expected = [.. new[] { sources.Main.Architecture!.Names.Head + ".weight", sources.Main.Architecture.Names.FinalNorm + ".weight" }
            .Concat(embedding == "donor" ? [sources.Main.Architecture.Names.Embedding + ".weight"] : [])];
        Assert.Equal(expected.Order(StringComparer.Ordinal), replaced.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("0, 2-4", true)]
    [InlineData("0-1, 1-4", false)]
    [InlineData("0-3", false)]
    public void Layers_that_pictures_feed_are_warned_about(string plan, bool warns)
    {
        SavePlan saved = SavePlan.Create(Open("qwen3-vl"), PlanNotation.Parse(plan), cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(warns, saved.Notes.Any(note => note.Contains("deepstack_visual_indexes", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_half_of_the_tower_is_switched_off_where_it_lies()
    {
        CheckpointSet sources = Open("llava-llama");

        using SavedCheckpoint saved = new(sources, PlanNotation.Parse("0, 1.mlp, 2-4"));

        Assert.All(saved.Checkpoint.Tensors.Values, tensor => Assert.Equal(
            tensor.Name == "language_model.model.layers.1.self_attn.o_proj.weight" ? new byte[tensor.ByteCount] : SavedCheckpoint.Bytes(sources.Main, tensor.Name),
            saved.Bytes(tensor.Name)));
    }

    [Fact]
    public void An_unknown_tower_is_edited_by_whole_layers_and_not_run()
    {
        string copy = CheckpointCopy.Make(SharedFiles.Find("golden/variants/llava-llama"), _folder);
        CheckpointCopy.Edit(copy, "\"model_type\": \"llama\"", "\"model_type\": \"new-kind\"");
        CheckpointSet sources = new(Checkpoint.Open(copy));

        using SavedCheckpoint saved = new(sources, PlanNotation.Parse("0, 2-4"));

        CheckTensors(sources.Main, [0, 2, 3, 4], saved);
        LayerToolException fault = Assert.Throws<LayerToolException>(() => sources.Main.Config);
        Assert.Contains("the text tower's model_type `new-kind` is not a family that LayerTool runs", fault.Message);
        Assert.NotNull(fault.Hint);
    }

    public void Dispose() => _folder.Dispose();

    private static CheckpointSet Open(string folder) => new(Checkpoint.Open(SharedFiles.Find($"golden/variants/{folder}")));

    private static void CheckTensors(Checkpoint main, int[] order, SavedCheckpoint saved)
    {
        string prefix = main.Layers.Prefix!;
        Dictionary<string, string> expected = main.Tensors.Keys.Where(name => !name.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(name => name);
        for (int place = 0; place < order.Length; place++)
        {
            foreach (TensorEntry tensor in main.Layers.InLayer(order[place]))
            {
                expected.Add($"{prefix}{place}.{tensor.Name[$"{prefix}{order[place]}.".Length..]}", tensor.Name);
            }
        }

        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), saved.Checkpoint.Tensors.Keys);
        Assert.All(expected, pair => Assert.Equal(SavedCheckpoint.Bytes(main, pair.Value), saved.Bytes(pair.Key)));
    }
}
