using System.Text.Json.Nodes;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Safetensors;
using LayerTool.Saving;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Saving;

/// <summary>The format <c>compact</c>, and weights cast on saving.</summary>
public sealed class CompactTests
{
    [Theory]
    [InlineData("llama")]
    [InlineData("llama-bias-tied")]
    [InlineData("mistral")]
    [InlineData("qwen2")]
    [InlineData("qwen3")]
    public void Halves_that_are_off_have_no_tensors_and_are_listed(string family)
    {
        CheckpointSet sources = SavedCheckpoint.Golden(family);
        using SavedCheckpoint saved = new(sources, PlanNotation.Parse("4.mlp, 1, 3.attn, 0.mlp"), options => options with { Format = SaveFormat.Compact });
        JsonObject expected = JsonNode.Parse(sources.Main.ConfigBytes.Span)!.AsObject();
        expected["base_model_type"] = expected["model_type"]!.DeepClone();
        expected["model_type"] = "layertool_compact";
        expected["num_hidden_layers"] = 4;
        expected["drop_attn_list"] = new JsonArray(0, 3);
        expected["drop_mlp_list"] = new JsonArray(2);
        if (expected["layer_types"] is JsonArray types)
        {
            expected["layer_types"] = new JsonArray([.. ((int[])[4, 1, 3, 0]).Select(layer => types[layer]!.DeepClone())]);
        }

        Assert.True(JsonNode.DeepEquals(expected, saved.Checkpoint.ConfigJson), saved.Text("config.json"));
        Assert.Empty(TensorCheck.Find(saved.Checkpoint));
        Assert.DoesNotContain(saved.Checkpoint.Tensors.Keys, name => name.StartsWith("model.layers.0.self_attn", StringComparison.Ordinal) || name == "model.layers.0.input_layernorm.weight");
        Assert.DoesNotContain(saved.Checkpoint.Tensors.Keys, name => name.StartsWith("model.layers.2.mlp", StringComparison.Ordinal) || name == "model.layers.2.post_attention_layernorm.weight");
        Assert.Equal(SavedCheckpoint.Bytes(sources.Main, "model.layers.4.mlp.up_proj.weight"), saved.Bytes("model.layers.0.mlp.up_proj.weight"));
        Assert.Equal(family.Split('-')[0], saved.Checkpoint.ModelType);
        Assert.Contains("\"compact\"", saved.Text(Provenance.FileName));
        Assert.Contains("format `compact`", saved.Text("README.md"));
    }

    [Fact]
    public void Whole_layers_need_no_compact_checkpoint()
    {
        using SavedCheckpoint saved = new(SavedCheckpoint.Golden("llama"), PlanNotation.Parse("0, 2-4"), options => options with { Format = SaveFormat.Compact });

        Assert.Equal(SaveFormat.Layers, saved.Result.Format);
        Assert.Equal("llama", saved.Checkpoint.ConfigJson["model_type"]!.GetValue<string>());
        Assert.Contains("no half is off, so `compact` writes the same as `layers`", saved.Result.Notes);
    }

    [Fact]
    public void Halves_of_a_family_that_is_not_known_cannot_be_told_apart()
    {
        using TempFolder temp = new();
        string copy = CheckpointCopy.Make(SharedFiles.Find("golden/models/bloom"), temp);
        CheckpointCopy.Edit(copy, "\"model_type\": \"bloom\"", "\"model_type\": \"unheard-of\"");
        CheckpointSet sources = new(Checkpoint.Open(copy));

        LayerToolException fault = Assert.Throws<LayerToolException>(
            () => SavePlan.Create(sources, PlanNotation.Parse("0.mlp, 1"), new SaveChoices { Format = SaveFormat.Compact }, cancellation: TestContext.Current.CancellationToken));

        Assert.Contains("changes half a layer, and LayerTool does not know which tensors of a `unheard-of` model that concerns", fault.Message);
    }

    [Theory]
    [InlineData("float32", "F32", "torch_dtype")]
    [InlineData("float16", "F16", "torch_dtype")]
    public void Weights_are_cast_once_and_config_says_so(string name, string type, string key)
    {
        TensorDtype dtype = TensorDtype.Find(type)!.Value;
        CheckpointSet sources = SavedCheckpoint.Golden("llama-extra-tensors");
        using SavedCheckpoint saved = new(sources, PlanNotation.Parse("0, 2*0.5, 3.attn"), options => options with { Dtype = dtype });
        string used = saved.Checkpoint.ConfigJson.ContainsKey("dtype") ? "dtype" : key;

        Assert.Equal(name, saved.Checkpoint.ConfigJson[used]!.GetValue<string>());
        Assert.All(saved.Checkpoint.Tensors.Values, tensor => Assert.Equal(
            tensor.Name == "unused.buffer" ? TensorDtype.I64
                : tensor.Name.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal) ? TensorDtype.F32
                : dtype,
            tensor.Dtype));
        Assert.Equal(
            Floats(sources.Main, "model.layers.2.self_attn.o_proj.weight").Select(value => value * 0.5f),
            Floats(saved.Checkpoint, "model.layers.1.self_attn.o_proj.weight"));
        Assert.Equal(Floats(sources.Main, "model.layers.0.mlp.up_proj.weight"), Floats(saved.Checkpoint, "model.layers.0.mlp.up_proj.weight"));
        Assert.All(Floats(saved.Checkpoint, "model.layers.2.mlp.down_proj.weight"), value => Assert.Equal(0, value));
        Assert.Contains(saved.Result.Notes, note => note.EndsWith($"tensors of `main` cast from BF16 to {type}, rounded to nearest even", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("fp8-block-llama", "weight_scale_inv")]
    [InlineData("compressed-tensors", "weight_scale")]
    [InlineData("bnb-nf4", "")]
    [InlineData("mxfp4-gpt-oss", "_scales")]
    public void Scales_of_quantised_weights_are_not_cast(string folder, string part)
    {
        CheckpointSet sources = new(Checkpoint.Open(SharedFiles.Find("golden/variants/" + folder)));
        LayerToolException fault = Assert.Throws<LayerToolException>(() => SavePlan.Create(
            sources, LayerPlan.Identity(sources.Main.Layers.Count), new SaveChoices { Dtype = TensorDtype.F32 }, cancellation: TestContext.Current.CancellationToken));

        Assert.Contains(part, fault.Message);
        Assert.Contains("belongs to quantised weights", fault.Message);
        Assert.Contains("--save-dtype", fault.Hint);
    }

    [Fact]
    public void A_value_that_the_type_cannot_hold_is_named()
    {
        using TempFolder temp = new();
        string folder = CheckpointCopy.Make(SharedFiles.Find("golden/models/llama"), temp);
        CheckpointCopy.Set(folder, "model.layers.1.mlp.up_proj.weight", 5, 1e9f);

        LayerToolException fault = Assert.Throws<LayerToolException>(() => CheckpointSaver.Save(
            new CheckpointSet(Checkpoint.Open(folder)),
            LayerPlan.Identity(5),
            new SaveOptions(temp.File("out")) { Dtype = TensorDtype.F16 },
            cancellation: TestContext.Current.CancellationToken));

        Assert.Contains("tensor `model.layers.1.mlp.up_proj.weight` of ", fault.Message);
        Assert.Contains("element 5 does not fit F16 when cast", fault.Message);
        Assert.False(Directory.Exists(temp.File("out")));
    }

    private static float[] Floats(Checkpoint checkpoint, string name)
    {
        byte[] bytes = SavedCheckpoint.Bytes(checkpoint, name);
        byte[] wide = new byte[checkpoint.Tensors[name].ElementCount * 4];
        TensorScaling.Apply(bytes, checkpoint.Tensors[name].Dtype, wide, TensorDtype.F32, 1);
        return [.. Enumerable.Range(0, wide.Length / 4).Select(index => BitConverter.ToSingle(wide, 4 * index))];
    }
}
