using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Files;

namespace LayerTool.Generation;

/// <summary>The tokens that end a text: those of generation_config.json where it names any, else those of config.json, and maybe one more.</summary>
public static class StopTokens
{
    private static readonly JsonLimits Limits = new(1 << 20, Deepest: 64, "take the file from the folder that the weights came from");

    /// <summary>Reads them.</summary>
    /// <param name="checkpoint">The model.</param>
    /// <param name="endOfTurn">A token that ends a turn of a conversation, or null.</param>
    /// <exception cref="LayerToolException">generation_config.json is at fault.</exception>
    public static IReadOnlySet<int> Of(Checkpoint checkpoint, int? endOfTurn = null)
    {
        HashSet<int> tokens = [.. Named(checkpoint)];
        if (endOfTurn is int token)
        {
            tokens.Add(token);
        }

        return tokens;
    }

    private static IReadOnlyList<int> Named(Checkpoint checkpoint)
    {
        string file = Path.Combine(checkpoint.Folder, "generation_config.json");
        if (File.Exists(file))
        {
            IReadOnlyList<int> ids = new ConfigJson(GuardedJson.ReadObject(file, Limits).Json, file).Indices("eos_token_id");
            if (ids.Count > 0)
            {
                return ids;
            }
        }

        return checkpoint.Config.EosTokenIds;
    }
}
