using System.Text.Json;
using LayerTool.Saving;
using Xunit;

namespace LayerTool.Tests.Saving;

public sealed class JsonTextTests
{
    private const string Config = """
        {
          "architectures": [
            "LlamaForCausalLM"
          ],
          "layers": 5,
          "rms_norm_eps": 1e-05,
          "scale": 1.50,
          "text": "a \"quoted\" é"
        }
        """;

    [Fact]
    public void A_replaced_value_leaves_every_other_byte()
    {
        JsonText text = Parse(Config);

        Assert.Equal(Config.Replace("5,", "4,", StringComparison.Ordinal).Replace("1e-04", "1e-05", StringComparison.Ordinal), text.Replace(text.Find("layers")!, "4").ToString());
    }

    [Fact]
    public void A_new_key_stands_in_its_place_by_name()
    {
        JsonText text = Parse(Config);

        string added = text.Set(text.Root, "mlp_bias", "false").ToString();

        Assert.Equal(Config.Replace("  \"rms", "  \"mlp_bias\": false,\n  \"rms", StringComparison.Ordinal), added);
    }

    [Fact]
    public void A_new_key_that_sorts_last_stands_last()
    {
        JsonText text = Parse(Config);

        Assert.EndsWith("é\",\n  \"vocab_size\": 67\n}", text.Set(text.Root, "vocab_size", "67").ToString());
    }

    [Theory]
    [InlineData("""{"a": 1}""", "a", "{}")]
    [InlineData("""{"a": 1, "b": 2}""", "a", """{"b": 2}""")]
    [InlineData("""{"a": 1, "b": 2}""", "b", """{"a": 1}""")]
    [InlineData("""{"a": 1}""", "c", """{"a": 1}""")]
    public void A_removed_key_takes_its_comma_along(string json, string key, string expected)
    {
        JsonText text = Parse(json);

        Assert.Equal(expected, text.Remove(text.Root, key).ToString());
    }

    [Fact]
    public void A_list_is_spelled_as_the_text_spells_its_own()
    {
        Assert.Equal("[\n    1,\n    2\n  ]", Parse(Config).SpellList(["1", "2"], depth: 1));
        Assert.Equal("[1, 2]", Parse("""{"a": [3]}""").SpellList(["1", "2"], depth: 1));
        Assert.Equal("[]", Parse(Config).SpellList([], depth: 1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{\"a\": 1,}")]
    public void What_is_not_JSON_is_refused(string text) => Assert.ThrowsAny<JsonException>(() => Parse(text));

    private static JsonText Parse(string text) => JsonText.Parse(System.Text.Encoding.UTF8.GetBytes(text));
}
