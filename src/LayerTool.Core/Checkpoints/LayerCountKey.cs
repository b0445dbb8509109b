using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using LayerTool.Architectures;
using LayerTool.Faults;

namespace LayerTool.Checkpoints;

/// <summary>Where a config.json says how many layers there are: families name it differently.</summary>
/// <param name="Path">Keys from the root, such as <c>text_config</c>, <c>num_hidden_layers</c>.</param>
/// <param name="Count">The number found there.</param>
public sealed record LayerCountKey(ImmutableArray<string> Path, int Count)
{
    private static readonly ImmutableArray<string> Names = ["num_hidden_layers", "n_layer", "n_layers", "num_layers", "num_transformer_layers"];

    /// <summary>Finds the key in the config of the text tower, else at the root; null where there is none.</summary>
    /// <param name="config">The parsed config.json.</param>
    /// <param name="file">Its path, for messages.</param>
    /// <exception cref="LayerToolException">The key is there but holds no sensible number.</exception>
    public static LayerCountKey? Find(JsonObject config, string file) =>
        TextTower.Of(config) is { IsWrapped: true } tower ? FindIn(tower.Config, tower.Path, file) ?? FindIn(config, [], file) : FindIn(config, [], file);

    private static LayerCountKey? FindIn(JsonObject config, ImmutableArray<string> path, string file)
    {
        foreach (string name in Names)
        {
            if (config[name] is not JsonNode node)
            {
                continue;
            }

            return node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out int count) && count is >= 0 and <= ModelConfigReader.MostLayers
                ? new LayerCountKey(path.Add(name), count)
                : throw new LayerToolException($"{file}: `{string.Join('.', path.Add(name))}` is {Shown(node)}, expected a number of layers up to {ModelConfigReader.MostLayers}", "take config.json from the folder that the weights came from");
        }

        return null;
    }

    private static string Shown(JsonNode node) => Quoted.Text(node.ToJsonString());
}
