using System.Text.Json;
using System.Text.Json.Nodes;
using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Tests.Golden;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Architectures;

/// <summary>A config.json at fault, in every family: the key is named, whatever is wrong with it.</summary>
public sealed class BadConfigTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<string> Families => ModelGoldenTests.Families;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Families))]
    public void A_size_that_is_missing_is_named(string family)
    {
        ModelConfig config = Read(Config(family));
        ConfigKeys keys = config.Architecture.Keys;
        List<string> required = [keys.HiddenSize, keys.LayerCount, keys.AttentionHeads, "vocab_size", "model_type"];
        if (keys is { IntermediateSize: string intermediate, IntermediateFactor: null, AdjustsIntermediateSize: false } && config.Layers.Any(layer => !layer.HasExperts))
        {
            required.Add(intermediate);
        }

        if (config.Architecture.Experts is ExpertsSpec experts)
        {
            required.Add(experts.PerTokenKey);
            required.Add(experts.IntermediateKey);
        }

        foreach (string key in required)
        {
            LayerToolException fault = Fault(Without(Config(family), key));

            Assert.Contains($"needs `{key}`, which is missing", fault.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_key_of_a_wrong_type_is_named_or_has_no_part_in_what_runs(string family)
    {
        JsonObject config = Config(family);
        string settled = Settled(config);
        foreach (string path in Paths(config))
        {
            foreach (string wrong in Wrong(Value(config, path)))
            {
                JsonObject changed = With(config, path, JsonNode.Parse(wrong));
                try
                {
                    Assert.True(Settled(changed) == settled, $"`{path}` = {wrong} is taken for something");
                }
                catch (LayerToolException fault)
                {
                    Assert.True(fault.Message.Contains(path.Split('.')[^1], StringComparison.Ordinal), $"`{path}` = {wrong}: {fault.Message}");
                    Assert.NotEmpty(fault.Hint);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_size_that_contradicts_the_tensors_is_named_with_a_tensor_and_both_shapes(string family)
    {
        string model = GoldenModels.Folder(family);
        JsonObject config = Config(family);
        ModelConfig read = Read(config);
        ConfigKeys keys = read.Architecture.Keys;
        string copy = CheckpointCopy.Make(model, _folder);
        string[] sizes = [keys.HiddenSize, "vocab_size", keys.LayerCount, .. read.Layers.All(layer => layer.HasExperts) ? Array.Empty<string>() : [keys.IntermediateSize ?? keys.HiddenSize]];
        foreach (string key in sizes.Where(key => config[key] is not null))
        {
            JsonObject changed = With(Without(config, "layer_types"), key, 2 * config[key]!.GetValue<int>());
            File.WriteAllText(Path.Combine(copy, "config.json"), changed.ToJsonString());

            LayerToolException fault = Assert.Throws<LayerToolException>(() => TensorCheck.Require(Checkpoint.Open(copy)));

            // A key beside it that it no longer agrees with may be met before the first tensor is.
            Assert.Matches("tensor `.*config.json demands|config.json: `.*` is .*, expected|heads of different widths", fault.Message);
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Heads_that_do_not_divide_are_named(string family)
    {
        JsonObject config = Config(family);
        ModelConfig read = Read(config);
        ConfigKeys keys = read.Architecture.Keys;
        JsonObject changed = Config(family);
        changed[keys.AttentionHeads] = 7;
        if (read.Latent is null && (read.MostKvHeads > 1 || keys.HeadDim is null))
        {
            Assert.Contains($"`{keys.AttentionHeads}` (7)", Fault(changed).Message, StringComparison.Ordinal);
        }

        if (keys.KvHeads is string kvHeads && read.Latent is null && read.AttentionHeads == 4)
        {
            changed = With(config, kvHeads, 3);

            Assert.Contains($"`{keys.AttentionHeads}` (4) is not a multiple of the 3 key and value heads", Fault(changed).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("deepseek-v3", "n_group", 3, "`n_group` is 3, expected a divisor of the 4 experts")]
    [InlineData("glm4-moe", "n_group", 3, "`n_group` is 3, expected a divisor of the 4 experts")]
    [InlineData("mixtral", "num_experts_per_tok", 9, "`num_experts_per_tok` (9) is above `num_local_experts` (4)")]
    [InlineData("qwen3-moe", "num_experts_per_tok", 9, "`num_experts_per_tok` (9) is above `")]
    public void Experts_that_do_not_divide_are_named(string family, string key, int value, string message)
    {
        Assert.Contains(message, Fault(With(Config(family), key, value)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gemma4", "attention_k_eq_v", "true", "`attention_k_eq_v` is true: LayerTool runs this family with `false` only")]
    [InlineData("gemma4", "enable_moe_block", "true", "`enable_moe_block` is true: LayerTool runs this family with `false` only")]
    [InlineData("gemma4", "global_head_dim", "16", "`global_head_dim` is 16: a setting that LayerTool does not have for this family")]
    [InlineData("gemma", "use_bidirectional_attention", "true", "`use_bidirectional_attention` is true: LayerTool runs this family with `false` only")]
    [InlineData("mpt", "attn_config.qk_ln", "true", "`attn_config.qk_ln` is true: LayerTool runs this family with `false` only")]
    [InlineData("phimoe", "rope_scaling", """{"type": "longrope", "short_factor": [1.0, 1.0, 1.0, 1.0], "long_factor": [1.0, 1.0, 1.0, 1.0], "short_mscale": 1.2}""", "`rope_scaling.short_mscale` is 1.2: a scale of LongRoPE that LayerTool does not have")]
    [InlineData("deepseek-v2", "topk_method", "\"noaux\"", "`topk_method` is \"noaux\": a way of choosing experts that LayerTool does not have")]
    public void A_form_of_a_family_that_is_not_run_is_refused_by_its_key(string family, string key, string value, string message)
    {
        Assert.Contains(message, Fault(With(Config(family), key, JsonNode.Parse(value))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_rope_that_is_not_known_is_named(string family)
    {
        JsonObject config = Without(Config(family), "rope_parameters");
        config["rope_scaling"] = JsonNode.Parse("""{"type": "spiral", "factor": 2.0}""");
        bool rotates = Read(Config(family)).Layers.Any(layer => layer.Rotation == LayerRotation.Main && layer.Mixer == TokenMixer.Attention);
        if (rotates)
        {
            Assert.Contains("`rope_scaling.type` is \"spiral\": a RoPE scaling that LayerTool does not have", Fault(config).Message, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(Settled(Without(Config(family), "rope_parameters")), Settled(config));
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void An_activation_that_is_not_known_is_named(string family)
    {
        string? key = Read(Config(family)).Architecture.Mlp.ActivationKey;
        JsonObject config = With(Config(family), key ?? "hidden_act", "tanhshrink");
        if (key is null)
        {
            Assert.Equal(Settled(Config(family)), Settled(config));
        }
        else
        {
            Assert.Contains($"`{key}` is \"tanhshrink\": an activation that LayerTool does not have", Fault(config).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_kind_of_attention_that_is_not_of_the_family_is_named(string family)
    {
        JsonObject config = Config(family);
        config["layer_types"] = new JsonArray([.. Enumerable.Range(0, Read(config).LayerCount).Select(_ => JsonValue.Create("mamba"))]);

        Assert.Contains("`layer_types` is", Fault(config).Message, StringComparison.Ordinal);
        Assert.Contains("layers of the type `mamba` are not of this family", Fault(config).Message, StringComparison.Ordinal);
    }

    private static JsonObject Config(string family) => JsonNode.Parse(File.ReadAllText(Path.Combine(GoldenModels.Folder(family), "config.json")))!.AsObject();

    // As from a file: numbers that a test puts in are held otherwise.
    private static ModelConfig Read(JsonObject config) => ModelConfigReader.Read(JsonNode.Parse(config.ToJsonString())!.AsObject(), "config.json");

    private static string Settled(JsonObject config) => JsonSerializer.Serialize(Read(config));

    private static LayerToolException Fault(JsonObject config)
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(() => Read(config));
        Assert.StartsWith("config.json: ", fault.Message, StringComparison.Ordinal);
        Assert.NotEmpty(fault.Hint);
        return fault;
    }

    private static JsonObject Without(JsonObject config, string key)
    {
        JsonObject changed = (JsonObject)config.DeepClone();
        changed.Remove(key);
        return changed;
    }

    private static JsonObject With(JsonObject config, string path, JsonNode? value)
    {
        JsonObject changed = (JsonObject)config.DeepClone();
        string[] parts = path.Split('.');
        JsonObject owner = parts[..^1].Aggregate(changed, (node, part) => node[part]!.AsObject());
        owner[parts[^1]] = value;
        return changed;
    }

    private static JsonNode? Value(JsonObject config, string path) => path.Split('.').Aggregate((JsonNode?)config, (node, part) => node![part]);

    /// <summary>Values of other types.</summary>
    private static IEnumerable<string> Wrong(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.Object => ["[[\"b\"]]", "\"c\"", "-3.5"],
        JsonValueKind.String => ["{\"a\": 1}", "[[\"b\"]]", "-3.5"],
        JsonValueKind.True or JsonValueKind.False => ["{\"a\": 1}", "[[\"b\"]]", "\"c\"", "-3.5"],
        _ => ["{\"a\": 1}", "[[\"b\"]]", "\"c\""],
    };

    /// <summary>All keys, those of objects in objects with a dot.</summary>
    private static IEnumerable<string> Paths(JsonObject config, string prefix = "") => config.SelectMany(
        member => member.Value is JsonObject inner ? [prefix + member.Key, .. Paths(inner, $"{prefix}{member.Key}.")] : (IEnumerable<string>)[prefix + member.Key]);
}
