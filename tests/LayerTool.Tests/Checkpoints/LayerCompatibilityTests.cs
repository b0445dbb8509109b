using System.Text.Json.Nodes;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Checkpoints;

public sealed class LayerCompatibilityTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private int _copies;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("models/llama")]
    [InlineData("models/mistral")]
    [InlineData("models/qwen3")]
    [InlineData("models/gpt2")]
    [InlineData("models/mixtral")]
    public void A_checkpoint_and_its_donor_fit(string folder)
    {
        LayerCompatibility compatibility = LayerCompatibility.Compare(Golden(folder), Golden($"{folder}/donor"));

        Assert.True(compatibility.Shape.IsEmpty && compatibility.Config.IsEmpty, $"{string.Join("; ", compatibility.Shape)} {string.Join("; ", compatibility.Config)}");
        compatibility.Require(allowConfigMismatch: false);
    }

    [Fact]
    public void Another_RoPE_is_refused_with_both_values_and_can_be_allowed()
    {
        Checkpoint main = Golden("models/llama");
        Checkpoint other = Changed("models/llama", config =>
        {
            config.Remove("rope_scaling");
            config["rope_parameters"] = new JsonObject { ["rope_type"] = "linear", ["factor"] = 4, ["rope_theta"] = 77.5 };
            config["rms_norm_eps"] = 0.25;
            config["vocab_size"] = 17;
            config["max_position_embeddings"] = 99;
        });
        CheckpointSet sources = new(main) { { "other", other } };

        LayerToolException fault = Assert.Throws<LayerToolException>(() => sources.CheckCompatible("other"));

        Assert.StartsWith($"the layers of {other.Folder} would compute something else in {main.Folder}: `rope_type` is linear, expected default; `rope_theta` is 77.5, expected ", fault.Message, StringComparison.Ordinal);
        Assert.Contains("`rope factor` is 4, expected 1", fault.Message, StringComparison.Ordinal);
        Assert.Contains("`rms_norm_eps` is 0.25, expected ", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("vocab", fault.Message, StringComparison.Ordinal);
        Assert.Contains("--allow-config-mismatch", fault.Hint, StringComparison.Ordinal);
        Assert.Single(sources.CheckCompatible("other", allowConfigMismatch: true).Notes, note => note.Contains("`max_position_embeddings` is", StringComparison.Ordinal));
    }

    [Fact]
    public void Another_shape_is_refused_whatever_is_allowed()
    {
        CheckpointSet sources = new(Golden("models/llama")) { { "wide", Golden("models/llama-headdim") } };

        LayerToolException fault = Assert.Throws<LayerToolException>(() => sources.CheckCompatible("wide", allowConfigMismatch: true));

        Assert.Contains(" do not fit ", fault.Message, StringComparison.Ordinal);
        Assert.Contains("`head_dim` is ", fault.Message, StringComparison.Ordinal);
        Assert.Contains("`self_attn.q_proj.weight` is [", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hidden_size")]
    [InlineData("intermediate_size")]
    public void A_config_of_another_width_than_its_tensors_is_refused_whatever_is_allowed(string key)
    {
        CheckpointSet sources = new(Golden("models/llama")) { { "other", Changed("models/llama", config => config[key] = 2 * config[key]!.GetValue<int>()) } };

        LayerToolException fault = Assert.Throws<LayerToolException>(() => sources.CheckCompatible("other", allowConfigMismatch: true));

        Assert.Contains($"`{key}` is ", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("--allow-config-mismatch", fault.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_heads_over_the_same_shapes_are_a_matter_of_the_config()
    {
        Checkpoint main = Golden("models/llama");
        Checkpoint other = Changed("models/llama", config =>
        {
            config["num_attention_heads"] = main.Config.AttentionHeads * 2;
            config["num_key_value_heads"] = main.Config.MostKvHeads * 2;
            config["head_dim"] = main.Config.HeadDim / 2;
        });

        LayerCompatibility compatibility = LayerCompatibility.Compare(main, other);

        Assert.Empty(compatibility.Shape);
        Assert.Equal(["num_attention_heads", "num_key_value_heads", "head_dim"], compatibility.Config.Select(difference => difference.Field));
    }

    [Fact]
    public void Layers_of_another_family_differ_in_family_and_tensors()
    {
        LayerCompatibility compatibility = LayerCompatibility.Compare(Golden("models/qwen3"), Golden("models/qwen2"));

        Assert.Contains(compatibility.Config, difference => difference is { Field: "model_type", Main: "qwen3", Other: "qwen2" });
        Assert.Contains(compatibility.Shape, difference => difference is { Field: "self_attn.q_norm.weight", Other: "absent" });
        Assert.Contains(compatibility.Shape, difference => difference is { Field: "self_attn.q_proj.bias", Main: "absent" });
    }

    [Fact]
    public void Settings_of_an_unknown_family_are_compared_as_they_stand()
    {
        Checkpoint main = Changed("models/gpt2", config => config["model_type"] = "unheard-of");
        Checkpoint other = Changed("models/gpt2", config =>
        {
            config["model_type"] = "unheard-of";
            config["activation_function"] = "relu";
            config["vocab_size"] = 1;
        });

        LayerCompatibility compatibility = LayerCompatibility.Compare(main, other);

        Assert.Equal([new FieldDifference("activation_function", "`\"gelu_new\"`", "`\"relu\"`")], compatibility.Config);
    }

    [Fact]
    public void Quantised_and_plain_layers_do_not_mix()
    {
        LayerCompatibility compatibility = LayerCompatibility.Compare(Golden("models/llama"), Golden("variants/awq"));

        Assert.Contains(compatibility.Shape, difference => difference is { Field: "quantization_config", Main: "absent" });
    }

    [Fact]
    public void Weights_of_another_precision_are_only_told()
    {
        LayerCompatibility compatibility = LayerCompatibility.Compare(Golden("models/llama"), Golden("models/llama-fp32"));

        Assert.Empty(compatibility.Shape);
        Assert.Contains(compatibility.Notes, note => note.Contains("are stored as F32", StringComparison.Ordinal) && note.EndsWith("they are cast to the types there, once, rounded to nearest even", StringComparison.Ordinal));
    }

    private static Checkpoint Golden(string folder) => Checkpoint.Open(SharedFiles.Find($"golden/{folder}"));

    private Checkpoint Changed(string folder, Action<JsonObject> change)
    {
        string model = SharedFiles.Find($"golden/{folder}");
        JsonObject config = JsonNode.Parse(File.ReadAllText(Path.Combine(model, "config.json")))!.AsObject();
        change(config);
        string copy = CheckpointCopy.Make(model, _folder, $"copy-{_copies++}");
        File.WriteAllText(Path.Combine(copy, "config.json"), config.ToJsonString());
        return Checkpoint.Open(copy);
    }
}
