using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using LayerTool.Faults;
using LayerTool.Saving;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Saving;

public sealed class OutputConfigTests
{
    /// <summary>Families that go by a layer's place in a way that no key can say; all others can be written.</summary>
    private static readonly Dictionary<string, string> Refused = new()
    {
        ["gpt2-inverse-scale"] = "scale_attn_by_inverse_layer_idx",
        ["gemma4-shared-kv"] = "num_kv_shared_layers",
    };

    private static readonly string[] CountKeys = ["num_hidden_layers", "n_layer", "n_layers", "num_layers"];

    [Fact]
    public void Every_family_keeps_its_layers_kinds_when_one_is_left_out_or_is_refused_by_the_rules_name()
    {
        int families = 0;
        foreach (string folder in Directory.GetDirectories(SharedFiles.Find("golden/models")))
        {
            string family = Path.GetFileName(folder);
            DecoderConfig main = Open(Path.Combine(folder, "config.json"));
            int[] order = [0, .. Enumerable.Range(2, main.Count - 2)];
            families++;
            if (Refused.TryGetValue(family, out string? rule))
            {
                LayerToolException fault = Assert.Throws<LayerToolException>(() => Write(main, order));
                Assert.Contains($"`{rule}` goes by a layer's place", fault.Message);
                continue;
            }

            JsonObject before = Json(main);
            JsonObject after = Json(Write(main, order));
            foreach ((string key, JsonNode? value) in before)
            {
                if (CountKeys.Contains(key))
                {
                    Assert.Equal(order.Length, after[key]!.GetValue<int>());
                }
                else if (key is "layer_types" or "no_rope_layers" or "attention_layers")
                {
                    Assert.Equal(order.Select(layer => value![layer]!.ToJsonString()), after[key]!.AsArray().Select(item => item!.ToJsonString()));
                }
                else if (key is "per_layer_config")
                {
                    Assert.Equal(
                        value!.AsObject().Select(entry => Array.IndexOf(order, int.Parse(entry.Key, CultureInfo.InvariantCulture))).Where(layer => layer >= 0),
                        after[key]!.AsObject().Select(entry => int.Parse(entry.Key, CultureInfo.InvariantCulture)));
                }
                else if (key is not ("mlp_only_layers" or "attention_types"))
                {
                    Assert.True(JsonNode.DeepEquals(value, after[key]), $"{family}: {key} changed");
                }
            }

            Assert.Equal(before.Select(pair => pair.Key), after.Select(pair => pair.Key));
        }

        Assert.Equal(77, families);
    }

    [Theory]
    [InlineData("gemma3-conditional")]
    [InlineData("mistral3-mistral")]
    [InlineData("llama4-conditional")]
    [InlineData("qwen3-5-conditional")]
    [InlineData("qwen2-5-vl")]
    public void A_wrapped_text_model_changes_where_its_text_config_says_so(string folder)
    {
        JsonObject edits = JsonNode.Parse(File.ReadAllText(SharedFiles.Find($"golden/variants/{folder}/expected.json")))!["edits"]!.AsObject();
        DecoderConfig main = Open(SharedFiles.Find($"golden/variants/{folder}/config.json"));

        Assert.NotEmpty(edits);
        foreach ((_, JsonNode? edit) in edits)
        {
            JsonObject expected = Json(main);
            foreach ((string path, JsonNode? value) in edit!["config"]!.AsObject())
            {
                Set(expected, path, value);
            }

            JsonObject actual = Json(Write(main, [.. edit["order"]!.AsArray().Select(layer => layer!.GetValue<int>())]));

            Assert.True(JsonNode.DeepEquals(expected, actual), actual.ToJsonString());
        }
    }

    [Fact]
    public void Layers_in_their_own_places_leave_the_file_as_it_is()
    {
        DecoderConfig main = Open(SharedFiles.Find("golden/models/qwen2-window/config.json"));
        DecoderConfig donor = Open(SharedFiles.Find("golden/models/qwen2-window/donor/config.json"));

        DecoderConfig result = OutputConfig.ForLayers(main, [.. Enumerable.Range(0, 5).Select(layer => new LayerOrigin(layer is 1 or 2 ? donor : main, layer))]);

        Assert.Same(main, result);
    }

    [Fact]
    public void Only_the_lines_that_must_change_do()
    {
        string file = SharedFiles.Find("golden/models/llama-rope-yarn/config.json");
        DecoderConfig main = Open(file);

        string text = Write(main, [0, 2, 3, 4]).Text.ToString();

        Assert.Equal(File.ReadAllText(file).Replace("\"num_hidden_layers\": 5", "\"num_hidden_layers\": 4", StringComparison.Ordinal), text);
    }

    [Theory]
    [InlineData(new[] { 0, 2, 3, 4 }, 1)]
    [InlineData(new[] { 2, 3 }, 0)]
    [InlineData(new[] { 0, 1, 0, 1, 2 }, 4)]
    public void The_older_dialect_says_a_window_by_where_it_starts(int[] order, int first)
    {
        DecoderConfig result = Write(OlderQwen(), order);

        Assert.Equal(first, Json(result)["max_window_layers"]!.GetValue<int>());
        Assert.Null(Json(result)["layer_types"]);
    }

    [Fact]
    public void The_older_dialect_cannot_say_a_window_in_the_middle()
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(() => Write(OlderQwen(), [0, 2, 1, 3, 4]));

        Assert.Contains("`layer_types` goes by a layer's place, so layer 2 cannot become layer 1", fault.Message);
        Assert.Contains("--plan-out", fault.Hint);
    }

    [Fact]
    public void A_formula_that_the_shorter_model_breaks_becomes_a_list()
    {
        DecoderConfig main = FromText("""{"model_type": "gemma2", "num_hidden_layers": 4, "rope_parameters": {"rope_theta": 10000.0}}""");

        JsonArray kinds = Json(Write(main, [0, 2, 3]))["layer_types"]!.AsArray();

        Assert.Equal(["sliding_attention", "sliding_attention", "full_attention"], kinds.Select(kind => kind!.GetValue<string>()));
    }

    [Fact]
    public void RoPE_of_a_kind_that_no_longer_occurs_goes()
    {
        DecoderConfig main = Open(SharedFiles.Find("golden/models/olmo3/config.json"));

        JsonObject rope = Json(Write(main, [0, 1, 2]))["rope_parameters"]!.AsObject();

        Assert.Equal(["sliding_attention"], rope.Select(pair => pair.Key));
    }

    [Theory]
    [InlineData("global_attn_every_n_layers", "3")]
    [InlineData("attn_layer_period", "8")]
    [InlineData("global_layers", "[0, 7]")]
    public void A_key_of_an_unknown_family_that_seems_to_speak_of_layers_is_named(string key, string value)
    {
        DecoderConfig main = FromText($$"""{"model_type": "new-kind", "num_hidden_layers": 8, "{{key}}": {{value}}}""");

        LayerToolException fault = Assert.Throws<LayerToolException>(() => Write(main, [0, 2, 3]));

        Assert.Contains($"`{key}`", fault.Message);
    }

    [Theory]
    [InlineData("""{"model_type": "llama"}""", "names no layer count")]
    [InlineData("""{"num_hidden_layers": "5"}""", "`num_hidden_layers` is")]
    [InlineData("""{"num_hidden_layers": 1000000000000}""", "`num_hidden_layers` is")]
    [InlineData("""{"num_hidden_layers": 5, "layer_types": ["full_attention"]}""", "has 1 entries, expected one for each of the 5 layers")]
    [InlineData("{", "is not valid JSON")]
    [InlineData("""{"num_hidden_layers": 5, "a": "\ud800"}""", "is not valid JSON")]
    [InlineData("[]", "names no layer count")]
    public void A_config_at_fault_is_told(string text, string expected)
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(() => Write(FromText(text), [0, 2]));

        Assert.Contains(expected, fault.Message);
    }

    private static DecoderConfig Write(DecoderConfig main, int[] order) =>
        OutputConfig.ForLayers(main, [.. order.Select(layer => new LayerOrigin(main, layer))]);

    private static DecoderConfig OlderQwen() => FromText("""
        {
          "model_type": "qwen2",
          "hidden_size": 32, "intermediate_size": 44, "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 67,
          "num_hidden_layers": 5,
          "max_window_layers": 2,
          "rope_theta": 10000.0,
          "sliding_window": 5,
          "use_sliding_window": true
        }
        """);

    private static DecoderConfig FromText(string text)
    {
        return DecoderConfig.Parse(System.Text.Encoding.UTF8.GetBytes(text), "config.json");
    }

    private static DecoderConfig Open(string file) => DecoderConfig.Parse(File.ReadAllBytes(file), file);

    private static JsonObject Json(DecoderConfig config) => JsonNode.Parse(config.Text.ToBytes())!.AsObject();

    private static void Set(JsonObject json, string path, JsonNode? value)
    {
        string[] parts = path.Split('.');
        JsonObject owner = parts[..^1].Aggregate(json, (node, part) => node[part]!.AsObject());
        owner[parts[^1]] = value?.DeepClone();
    }
}
