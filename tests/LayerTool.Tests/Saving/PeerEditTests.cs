using System.Text.Json.Nodes;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Saving;
using LayerTool.Tensors;
using LayerTool.Tests.Golden;
using LayerTool.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LayerTool.Tests.Saving;

/// <summary>Checkpoints of other tools, edited and saved: in their own dialect, and converted from one format to another.</summary>
[Collection(TorchCollection.Name)]
public sealed class PeerEditTests
{
    private static readonly ComputeSettings Single = new(Dtype: ComputeDtype.Float32, Threads: 1);

    public static TheoryData<string> Folders => PeerGoldenTests.Folders;

    [Theory]
    [MemberData(nameof(Folders))]
    public void Whole_layers_move_in_the_dialect_of_the_source(string folder)
    {
        CheckpointSet sources = Open(folder);
        JsonObject about = JsonNode.Parse(File.ReadAllText(Path.Combine(sources.Main.Folder, "expected.json")))!.AsObject();
        foreach ((string name, JsonNode? edit) in about["edits"]!.AsObject().Where(edit => !IsRefused(folder, edit.Key)))
        {
            using SavedCheckpoint saved = new(sources, PlanNotation.Parse(about["plans"]![name]!.GetValue<string>()));

            Assert.Equal(SaveFormat.Layers, saved.Result.Format);
            Assert.Equal(Numbers(edit!["no_attention"]), Without(saved.Checkpoint, LayerHalves.Attention));
            Assert.Equal(Numbers(edit["no_mlp"]), Without(saved.Checkpoint, LayerHalves.Mlp));
            Assert.Equal(Numbers(edit["order"]).Length, saved.Checkpoint.Layers.Count);
            Assert.Equal(Keys(sources.Main), Keys(saved.Checkpoint));
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Every_plan_gives_the_same_logits_in_memory_and_from_its_checkpoint(string folder)
    {
        CheckpointSet sources = Open(folder);
        JsonObject plans = JsonNode.Parse(File.ReadAllText(Path.Combine(sources.Main.Folder, "expected.json")))!["plans"]!.AsObject();
        Assert.NotEmpty(plans);
        foreach ((_, JsonNode? text) in plans.Where(plan => !IsRefused(folder, plan.Key)))
        {
            AssertSame(sources, PlanNotation.Parse(text!.GetValue<string>()), null, out _);
        }
    }

    [Fact]
    public void Windows_that_go_by_place_in_the_older_dialect_are_no_others_silently()
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(() => SavePlan.Create(
            Open("llm-drop-gemma2"), PlanNotation.Parse("0, 2-4"), cancellation: TestContext.Current.CancellationToken));

        Assert.Contains("`layer_types` goes by a layer's place, so layer 2 cannot become layer 1", fault.Message, StringComparison.Ordinal);
        Assert.Contains("config.json as transformers 5 writes it lists `layer_types`", fault.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("llm-drop-int-list", SaveFormat.Zero, SaveFormat.Compact)]
    [InlineData("llm-drop-bool-list", SaveFormat.Zero, SaveFormat.Compact)]
    [InlineData("llm-drop-absent", SaveFormat.Zero, SaveFormat.Compact)]
    [InlineData("llm-drop-null", SaveFormat.Zero, SaveFormat.Compact)]
    [InlineData("llm-drop-blocks", SaveFormat.Zero, SaveFormat.Compact)]
    [InlineData("llm-drop-bools-absent", SaveFormat.Zero, SaveFormat.Compact)]
    [InlineData("deci", SaveFormat.Zero, SaveFormat.Compact, SaveFormat.Deci)]
    [InlineData("deci-rope-llama3", SaveFormat.Zero, SaveFormat.Compact, SaveFormat.Deci)]
    [InlineData("deci-widths", SaveFormat.Zero, SaveFormat.Compact, SaveFormat.Deci)]
    [InlineData("anymodel", SaveFormat.Zero, SaveFormat.Compact)]
    public void A_checkpoint_is_converted_from_format_to_format_and_back(string folder, params SaveFormat[] formats)
    {
        foreach (string text in (string[])["0-4", "0.mlp, 4, 1-3"])
        {
            LayerPlan plan = PlanNotation.Parse(text);
            float[] expected = Logits(Open(folder), plan);
            foreach (SaveFormat first in formats)
            {
                using SavedCheckpoint once = new(Open(folder), plan, options => options with { Format = first });
                Assert.Equal(first, once.Result.Format);
                Assert.Equal(expected, Logits(new CheckpointSet(once.Checkpoint), LayerPlan.Identity(5)));
                foreach (SaveFormat second in formats)
                {
                    using SavedCheckpoint twice = new(new CheckpointSet(once.Checkpoint), LayerPlan.Identity(5), options => options with { Format = second });
                    Assert.Equal(expected, Logits(new CheckpointSet(twice.Checkpoint), LayerPlan.Identity(5)));
                }
            }
        }
    }

    [Theory]
    [InlineData("llm-drop-int-list", "llama")]
    [InlineData("llm-drop-bools-absent", "mistral")]
    [InlineData("deci", "llama")]
    public void Zero_makes_a_stock_model_of_a_checkpoint_that_lacks_halves(string folder, string modelType)
    {
        using SavedCheckpoint saved = new(Open(folder), LayerPlan.Identity(5), options => options with { Format = SaveFormat.Zero });
        JsonObject config = saved.Checkpoint.ConfigJson;

        Assert.Equal(modelType, config["model_type"]!.GetValue<string>());
        Assert.All((string[])["drop_attn_list", "drop_mlp_list", "block_configs"], key => Assert.False(config.ContainsKey(key), key));
        Assert.Empty(TensorCheck.Find(saved.Checkpoint));
        Assert.All(saved.Checkpoint.Config.Layers, layer => Assert.True(layer is { HasAttention: true, HasMlp: true }));
        Assert.Contains(saved.Result.Notes, note => note.Contains($"stock `{modelType}` model", StringComparison.Ordinal));
    }

    [Fact]
    public void A_layer_that_its_parent_still_has_is_restored_into_a_compact_checkpoint()
    {
        CheckpointSet parent = new(SavedCheckpoint.Golden("llama").Main);
        using SavedCheckpoint compact = new(parent, PlanNotation.Parse("(0-4).mlp"), options => options with { Format = SaveFormat.Compact });
        CheckpointSet sources = new(compact.Checkpoint) { { "base", parent.Main } };
        Assert.Empty(sources.CheckCompatible("base").Config);
        LayerPlan plan = PlanNotation.Parse("0, base:1, 2-4");

        AssertSame(sources, plan, null, out SaveFormat partly);
        Assert.Equal(SaveFormat.Compact, partly);
        LayerPlan whole = PlanNotation.Parse("base:0-4");
        using SavedCheckpoint restored = new(sources, whole);
        Assert.Equal(SaveFormat.Layers, restored.Result.Format);
        Assert.Equal("llama", restored.Checkpoint.ConfigJson["model_type"]!.GetValue<string>());
        Assert.True(JsonNode.DeepEquals(parent.Main.ConfigJson, restored.Checkpoint.ConfigJson), restored.Text("config.json"));
        Assert.Equal(Logits(parent, LayerPlan.Identity(5)), Logits(new CheckpointSet(restored.Checkpoint), LayerPlan.Identity(5)));
    }

    [Fact]
    public void A_layer_without_attention_in_its_own_checkpoint_is_silent_in_a_plain_one()
    {
        CheckpointSet sources = new(Checkpoint.Open(SharedFiles.Find("golden/variants/llm-drop-int-list/donor"))) { { "dropped", Open("llm-drop-int-list").Main } };

        AssertSame(sources, PlanNotation.Parse("0, dropped:1-3, 4"), null, out SaveFormat format);

        Assert.Equal(SaveFormat.Zero, format);
    }

    [Fact]
    public void Layers_of_a_plain_checkpoint_get_entries_in_the_list_of_the_main_one()
    {
        CheckpointSet sources = new(Open("anymodel").Main) { { "plain", Checkpoint.Open(SharedFiles.Find("golden/variants/llm-drop-int-list/donor")) } };

        AssertSame(sources, PlanNotation.Parse("0, plain:1-2, 3-4"), null, out SaveFormat format);

        Assert.Equal(SaveFormat.Layers, format);
    }

    [Fact]
    public void Layers_that_differ_by_per_layer_config_take_their_entries_along()
    {
        using TempFolder temp = new();
        string folder = CheckpointCopy.Make(SharedFiles.Find("golden/models/llama"), temp);
        CheckpointCopy.Edit(folder, "\"rms_norm_eps\"", "\"per_layer_config\": {\"1\": {\"skip\": [\"attention\"]}, \"3\": {\"skip\": [\"mlp\", \"attention\"]}}, \"rms_norm_eps\"");
        CheckpointSet sources = new(Checkpoint.Open(folder));

        AssertSame(sources, PlanNotation.Parse("(0-4)x3"), null, out _);
        using SavedCheckpoint saved = new(sources, PlanNotation.Parse("(0-4)x3"));

        Assert.Equal(["01", "03", "06", "08", "11", "13"], saved.Checkpoint.ConfigJson["per_layer_config"]!.AsObject().Select(entry => entry.Key));
        Assert.Equal([1, 3, 6, 8, 11, 13], Without(saved.Checkpoint, LayerHalves.Attention));
    }

    [Theory]
    [InlineData("gemma2")]
    [InlineData("olmo2")]
    [InlineData("cohere")]
    [InlineData("gpt2")]
    [InlineData("gpt-neox")]
    [InlineData("mixtral")]
    [InlineData("phi3")]
    [InlineData("qwen3-next")]
    public void Every_kind_of_family_is_written_as_compact_and_runs_from_it(string family)
    {
        CheckpointSet sources = SavedCheckpoint.Golden(family);
        int last = sources.Main.Layers.Count - 1;

        AssertSame(sources, PlanNotation.Parse($"0.mlp, 1-{last - 1}, {last}.attn"), SaveFormat.Compact, out SaveFormat format);

        Assert.Equal(SaveFormat.Compact, format);
    }

    [Fact]
    public void A_text_tower_is_written_as_compact_with_everything_else_as_it_is()
    {
        CheckpointSet sources = new(Checkpoint.Open(SharedFiles.Find("golden/variants/llava-llama")));
        LayerPlan plan = PlanNotation.Parse("0, 1.mlp, 2-3");
        using SavedCheckpoint saved = new(sources, plan, options => options with { Format = SaveFormat.Compact });

        Assert.Equal("layertool_compact", saved.Checkpoint.ConfigJson["model_type"]!.GetValue<string>());
        Assert.Equal([1], saved.Checkpoint.ConfigJson["text_config"]!["drop_attn_list"]!.AsArray().Select(layer => layer!.GetValue<int>()));
        Assert.Equal(Outside(sources.Main), Outside(saved.Checkpoint));
        Assert.Equal(Logits(sources, plan), Logits(new CheckpointSet(saved.Checkpoint), LayerPlan.Identity(4)));

        static string[] Outside(Checkpoint checkpoint) =>
            [.. checkpoint.Layers.BeforeLayers.Concat(checkpoint.Layers.AfterLayers).Select(tensor => tensor.Name).Order(StringComparer.Ordinal)];
    }

    // Its config.json has no key for what each layer is: those that would change sides are refused.
    private static bool IsRefused(string folder, string edit) => (folder, edit) == ("llm-drop-gemma2", "remove-1");

    private static void AssertSame(CheckpointSet sources, LayerPlan plan, SaveFormat? format, out SaveFormat written)
    {
        using SavedCheckpoint saved = new(sources, plan, options => options with { Format = format });
        written = saved.Result.Format;

        Assert.Empty(TensorCheck.Find(saved.Checkpoint));
        Assert.Equal(Logits(sources, plan), Logits(new CheckpointSet(saved.Checkpoint), LayerPlan.Identity(saved.Checkpoint.Layers.Count)));
    }

    private static CheckpointSet Open(string folder)
    {
        string path = SharedFiles.Find("golden/variants/" + folder);
        CheckpointSet sources = new(Checkpoint.Open(path));
        if (Directory.Exists(Path.Combine(path, "donor")))
        {
            sources.Add("donor", Checkpoint.Open(Path.Combine(path, "donor")));
        }

        return sources;
    }

    private static int[] Numbers(JsonNode? list) => [.. list!.AsArray().Select(number => number!.GetValue<int>())];

    private static int[] Without(Checkpoint checkpoint, LayerHalves half) =>
        [.. Enumerable.Range(0, checkpoint.Layers.Count).Where(layer => !checkpoint.Layers.Halves(layer).HasFlag(half))];

    private static string[] Keys(Checkpoint checkpoint) => [.. checkpoint.ConfigJson.Select(member => member.Key)];

    private static float[] Logits(CheckpointSet sources, LayerPlan plan)
    {
        using DisposeScope scope = NewDisposeScope();
        using Decoder decoder = Decoder.Open(sources, Single);
        Tensor ids = tensor(new long[] { 3, 17, 5, 60, 2, 9, 41, 33, 8, 8, 21, 64 }, [2, 6]);
        return decoder.Forward(plan, ids).data<float>().ToArray();
    }
}
