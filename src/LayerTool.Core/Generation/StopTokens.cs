using System.Text.Json;
using System.Text.Json.Nodes;
using LayerTool.Checkpoints;
using LayerTool.Faults;

namespace LayerTool.Generation;

/// <summary>The tokens that end a text: those of generation_config.json where it names any, else those of config.json.</summary>
public static class StopTokens
{
    /// <summary>Reads them.</summary>
    /// <exception cref="LayerToolException">generation_config.json is not readable JSON.</exception>
    public static IReadOnlySet<int> Of(Checkpoint checkpoint)
    {
        string file = Path.Combine(checkpoint.Folder, "generation_config.json");
        if (File.Exists(file))
        {
            try
            {
                HashSet<int> ids = Read(JsonNode.Parse(File.ReadAllText(file))?["eos_token_id"]);
                if (ids.Count > 0)
                {
                    return ids;
                }
            }
            catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException)
            {
                throw new LayerToolException($"{file}: `eos_token_id` is not readable: {fault.Message}", null, fault);
            }
        }

        return checkpoint.Config.EosTokenIds.ToHashSet();
    }

    private static HashSet<int> Read(JsonNode? node) => node switch
    {
        null => [],
        JsonArray array => [.. array.Select(item => item!.GetValue<int>())],
        _ => [node.GetValue<int>()],
    };
}
