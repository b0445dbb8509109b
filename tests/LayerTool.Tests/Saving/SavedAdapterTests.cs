using System.Text.Json.Nodes;
using LayerTool.Adapters;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Safetensors;
using LayerTool.Saving;
using LayerTool.Tensors;
using LayerTool.Tests.Golden;
using LayerTool.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LayerTool.Tests.Saving;

/// <summary>Checkpoints that are written with an adapter, beside the weights or in them, run as the plan that they were written from.</summary>
[Collection(TorchCollection.Name)]
public sealed class SavedAdapterTests
{
    private static readonly ComputeSettings Single = new(Dtype: ComputeDtype.Float32, Threads: 1);

    public static TheoryData<string> Folders => AdapterGoldenTests.Folders;

    private static Tensor Ids => tensor(new long[] { 3, 17, 5, 60, 2, 9, 41, 33 }, [1, 8]);

    [Theory]
    [MemberData(nameof(Folders))]
    public void Every_adapter_of_peft_is_written_beside_and_into_the_weights(string name) => Check(name, plan => plan, tolerance: 2e-5);

    [Theory]
    [InlineData("lora-all-linear", "0+lora, 2-4+lora")]
    [InlineData("lora-layers", "0+lora, 2-4+lora")]
    [InlineData("lora-layers", "0, 2")]
    [InlineData("lora-patterns", "3-1+lora, 1+lora")]
    [InlineData("lora-all-linear", "0-1+lora, 2-4")]
    [InlineData("lora-all-linear", "0.attn+lora, 1.mlp+lora, 2*0.5+lora, 3*1/0.25, 4+lora")]
    [InlineData("dora", "0.attn+lora, 1.mlp+lora, 2*0.5+lora, 4+lora")]
    [InlineData("lora-gemma3", "0*0.5+lora, 2-6+lora")]
    [InlineData("lora-gpt2", "1+lora, 0*0.5+lora")]
    [InlineData("lora-bias", "0, 2*0.5+lora, 1+lora")]
    [InlineData("lora-embedding", "1-4+lora")]
    public void An_edited_plan_keeps_its_adapter(string name, string text) => Check(name, plan => PlanNotation.Parse(text) with { EndsAdapter = plan.EndsAdapter }, tolerance: 5e-5);

    [Fact]
    public void Layers_of_the_adapter_are_numbered_as_those_of_the_checkpoint()
    {
        using TempFolder temp = new();
        (CheckpointSet sources, AdapterSet adapters, _) = Open("lora-layers"); // its layers 1 and 3

        Save(sources, "0+lora, 2-4+lora", adapters, temp.File("out"), merged: false);

        SafetensorsHeader header = SafetensorsHeader.Read(temp.File("out/adapter/adapter_model.safetensors"));
        JsonNode config = JsonNode.Parse(File.ReadAllText(temp.File("out/adapter/adapter_config.json")))!;
        Assert.Equal("pt", header.Metadata["format"]);
        Assert.Equal(
            ["q_proj.lora_A", "q_proj.lora_B", "v_proj.lora_A", "v_proj.lora_B"],
            header.Tensors.Select(tensor => tensor.Name).Order(StringComparer.Ordinal).Select(tensor => tensor["base_model.model.model.layers.2.self_attn.".Length..^".weight".Length]));
        Assert.Equal(["model.layers.2.self_attn.q_proj", "model.layers.2.self_attn.v_proj"], config["target_modules"]!.AsArray().Select(module => module!.GetValue<string>()));
        Assert.Null(config["layers_to_transform"]);
        Assert.Null(config["layers_pattern"]);
        Assert.Equal(4, config["r"]!.GetValue<int>());
    }

    [Fact]
    public void Where_ends_of_names_say_which_modules_are_meant_the_config_has_these()
    {
        using TempFolder temp = new();
        (CheckpointSet sources, AdapterSet adapters, _) = Open("lora-patterns");

        Save(sources, "0+lora, 2-4+lora", adapters, temp.File("out"), merged: false);

        JsonNode config = JsonNode.Parse(File.ReadAllText(temp.File("out/adapter/adapter_config.json")))!;
        Assert.Equal(
            ["down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj"], config["target_modules"]!.AsArray().Select(module => module!.GetValue<string>()));
        Assert.Equal("""{"q_proj":2}""", config["rank_pattern"]!.ToJsonString()); // layer 1, which had another, is gone
        Assert.Equal("""{"model.layers.1.self_attn.o_proj":20,"v_proj":3}""", Sorted(config["alpha_pattern"]!));
    }

    [Fact]
    public void A_plan_file_brings_its_adapter_along()
    {
        using TempFolder temp = new();
        (CheckpointSet sources, AdapterSet adapters, _) = Open("lora-qv");

        Save(sources, "0+lora, 2-4+lora", adapters, temp.File("out"), merged: true);

        PlanFile record = PlanJson.ReadFile(temp.File("out/layertool.json"));
        Assert.Equal(SharedFiles.Find("golden/peft/lora-qv"), record.Adapters["lora"].Path);
        Assert.Equal("0+lora, 2-4+lora", PlanNotation.Print(record.Plan));
        Assert.False(Directory.Exists(temp.File("out/adapter")));
    }

    [Fact]
    public void An_adapter_of_the_one_table_that_is_embedding_and_head_is_not_merged()
    {
        using TempFolder temp = new();
        string folder = AdapterCopy.Make("lora-modules-to-save", temp);
        CheckpointSet sources = new(Checkpoint.Open(SharedFiles.Find("golden/models/llama-bias-tied")));
        File.Delete(Path.Combine(folder, "adapter_model.safetensors"));
        TinySafetensors.Write(Path.Combine(folder, "adapter_model.safetensors"), [("base_model.model.lm_head.weight", [sources.Main.Config.VocabSize, 32])]);
        AdapterSet adapters = [];
        adapters.AddWhole("lora", PeftFolder.Open(folder));
        LayerPlan plan = adapters.Place(LayerPlan.Identity(sources.Main.Layers.Count), "lora", sources.Main);

        LayerToolException fault = Assert.Throws<LayerToolException>(() => SavePlan.Create(sources, plan, new SaveChoices { Adapters = adapters, MergeAdapters = true }, cancellation: TestContext.Current.CancellationToken));

        Assert.Contains("has one table for both", fault.Message, StringComparison.Ordinal);
        Assert.Contains("`--merge-adapters`", fault.Hint, StringComparison.Ordinal);
    }

    private static string Sorted(JsonNode pattern) =>
        new JsonObject(pattern.AsObject().OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value!.DeepClone()))).ToJsonString();

    private static void Check(string name, Func<LayerPlan, LayerPlan> edit, double tolerance)
    {
        long live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (DisposeScope scope = NewDisposeScope())
        {
            using TempFolder temp = new();
            (CheckpointSet sources, AdapterSet adapters, LayerPlan whole) = Open(name);
            LayerPlan plan = edit(whole);
            foreach (bool merged in (bool[])[false, true])
            {
                Tensor expected = Run(sources, plan, adapters, merged ? AdapterMode.MergedAsSaved : AdapterMode.Applied);
                string folder = temp.File(merged ? "merged" : "beside");
                SaveResult saved = Save(sources, plan, adapters, folder, merged);

                CheckpointSet reopened = new(Checkpoint.Open(saved.Folder));
                AdapterSet own = [];
                LayerPlan played = LayerPlan.Identity(reopened.Main.Layers.Count);
                if (Directory.Exists(Path.Combine(folder, "adapter")))
                {
                    Assert.False(merged);
                    own.AddWhole("lora", PeftFolder.Open(Path.Combine(folder, "adapter")));
                    played = own.Place(played, "lora", reopened.Main);
                }

                double largest = (Run(reopened, played, own, AdapterMode.Applied) - expected).abs().max().item<float>();
                Assert.InRange(largest, 0, merged ? 0 : tolerance);
            }
        }

        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static Tensor Run(CheckpointSet sources, LayerPlan plan, AdapterSet adapters, AdapterMode mode)
    {
        using Decoder decoder = Decoder.Open(sources, Single, adapters: adapters, adapterMode: mode);
        return decoder.Forward(plan, Ids);
    }

    private static SaveResult Save(CheckpointSet sources, string plan, AdapterSet adapters, string folder, bool merged) => Save(sources, PlanNotation.Parse(plan), adapters, folder, merged);

    private static SaveResult Save(CheckpointSet sources, LayerPlan plan, AdapterSet adapters, string folder, bool merged) =>
        CheckpointSaver.Save(sources, plan, new SaveOptions(folder) { Adapters = adapters, MergeAdapters = merged, Compute = Single }, cancellation: TestContext.Current.CancellationToken);

    private static (CheckpointSet Sources, AdapterSet Adapters, LayerPlan Plan) Open(string name)
    {
        string folder = SharedFiles.Find($"golden/peft/{name}");
        Checkpoint model = Checkpoint.Open(SharedFiles.Find("golden/models/" + AdapterGoldenTests.BaseOf(folder)));
        AdapterSet adapters = [];
        adapters.AddWhole("lora", PeftFolder.Open(folder));
        return (new CheckpointSet(model), adapters, adapters.Place(LayerPlan.Identity(model.Layers.Count), "lora", model));
    }
}
