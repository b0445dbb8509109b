using System.Text.Json.Nodes;
using LayerTool.Architectures;
using LayerTool.Faults;
using LayerTool.Tests.Golden;
using Xunit;

namespace LayerTool.Tests.Architectures;

/// <summary>Lists that are as long as there are layers are gone through once, not once a layer: with 65,536 of them that would take minutes.</summary>
public sealed class LongListTests
{
    private static readonly IEnumerable<int> Layers = Enumerable.Range(0, ModelConfigReader.MostLayers);

    [Theory]
    [InlineData("qwen2-moe", "mlp_only_layers")]
    [InlineData("smollm3", "no_rope_layers")]
    [InlineData("lfm2", "full_attn_idxs")]
    [InlineData("gpt-neo", "attention_types")]
    [InlineData("gemma4-shared-kv", "layer_types")]
    public async Task A_config_of_the_most_layers_is_read_at_once(string family, string key)
    {
        JsonObject config = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(GoldenModels.Folder(family), "config.json"), TestContext.Current.CancellationToken))!.AsObject();
        config.Remove("layer_types");
        config[family == "gpt-neo" ? "num_layers" : "num_hidden_layers"] = ModelConfigReader.MostLayers;
        config[key] = new JsonArray([.. Layers.Select(layer => key switch
        {
            "attention_types" => (JsonNode)new JsonArray(new JsonArray("global"), 1),
            "layer_types" => layer < ModelConfigReader.MostLayers / 2 ? "full_attention" : "sliding_attention",
            _ => layer,
        })]);
        JsonObject parsed = JsonNode.Parse(config.ToJsonString())!.AsObject();

        Task<ModelConfig?> read = Task.Run(() => Read(parsed), TestContext.Current.CancellationToken);

        Assert.Same(read, await Task.WhenAny(read, Task.Delay(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken)));
        Assert.Equal(ModelConfigReader.MostLayers, (await read)?.LayerCount ?? ModelConfigReader.MostLayers);
    }

    // Widths by layer of the reference may not fit so many layers: then the refusal has to come as fast.
    private static ModelConfig? Read(JsonObject config)
    {
        try
        {
            return ModelConfigReader.Read(config, "config.json");
        }
        catch (LayerToolException)
        {
            return null;
        }
    }
}
