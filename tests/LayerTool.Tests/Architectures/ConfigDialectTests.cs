using System.Text.Json;
using System.Text.Json.Nodes;
using LayerTool.Architectures;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Architectures;

public sealed class ConfigDialectTests
{
    [Theory]
    [InlineData("gemma2")]
    [InlineData("gemma3")]
    [InlineData("gpt-neox")]
    [InlineData("llama")]
    [InlineData("llama-rope-dynamic")]
    [InlineData("llama-rope-linear")]
    [InlineData("llama-rope-llama3")]
    [InlineData("llama-rope-yarn")]
    [InlineData("mistral")]
    [InlineData("olmo2")]
    [InlineData("phi3")]
    [InlineData("phi3-longrope")]
    [InlineData("qwen2")]
    [InlineData("qwen3")]
    public void Both_dialects_of_transformers_settle_to_one_config(string name)
    {
        Assert.Equal(Settled(name, "config.json"), Settled(name, "config.transformers4.json"));
    }

    [Fact]
    public void A_scaling_that_is_not_null_replaces_rope_parameters_as_a_whole()
    {
        JsonObject json = Parse(SharedFiles.Find("golden/models/llama/config.json"));
        json["rope_parameters"] = JsonNode.Parse("""{"rope_type": "linear", "factor": 8.0, "rope_theta": 5000.0}""");
        json["rope_scaling"] = JsonNode.Parse("""{"type": "linear", "factor": 2.0}""");
        json["rope_theta"] = 700.0;

        RopeConfig rope = ModelConfigReader.Read(json, "config.json").Rope;

        Assert.Equal((RopeKind.Linear, 2.0, 700.0), (rope.Kind, rope.Factor, rope.Theta));
    }

    private static string Settled(string name, string file)
    {
        string path = SharedFiles.Find($"golden/models/{name}/{file}");
        return JsonSerializer.Serialize(ModelConfigReader.Read(Parse(path), path));
    }

    private static JsonObject Parse(string path) => JsonNode.Parse(File.ReadAllText(path))!.AsObject();
}
