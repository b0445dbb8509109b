using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace LayerTool.Architectures;

/// <summary>
/// What a config.json says of the text decoder: all of it, or <c>text_config</c> of a multimodal checkpoint. What lies outside that
/// object and concerns the decoder all the same (ties, end tokens, quantisation) is brought in.
/// </summary>
/// <param name="Config">The decoder's keys; a copy where the checkpoint is multimodal. Sizes that older files leave out are filled in.</param>
/// <param name="Path">Keys from the root to the object: <c>text_config</c>, or none.</param>
public sealed record TextTower(JsonObject Config, ImmutableArray<string> Path)
{
    /// <summary>Name of the decoder's object in config.json of a multimodal checkpoint.</summary>
    public const string Key = "text_config";

    private const string Tie = "tie_word_embeddings";

    private static readonly ImmutableArray<string> OfTheWhole = ["eos_token_id", "bos_token_id", "quantization_config"];

    /// <summary>Whether the decoder is a part of a multimodal checkpoint, with an object of its own in config.json.</summary>
    public bool IsWrapped => !Path.IsEmpty;

    /// <summary><c>model_type</c> of the decoder, or null where absent.</summary>
    public string? ModelType => CompactModel.FamilyOf(Config);

    /// <summary>The decoder of a config.json.</summary>
    /// <param name="root">The parsed file; it is not changed.</param>
    public static TextTower Of(JsonObject root)
    {
        ArgumentNullException.ThrowIfNull(root);
        if (root[Key] is not JsonObject text || text.Count == 0)
        {
            return new TextTower(root, []);
        }

        TextTower tower = new((JsonObject)text.DeepClone(), [Key]);
        tower.TakeOver(root);
        return tower;
    }

    private void TakeOver(JsonObject root)
    {
        ArchitectureSpec? family = ModelType is string type ? KnownArchitectures.Find(type) : null;
        foreach (string key in OfTheWhole.Where(key => Config[key] is null && root[key] is not null))
        {
            Config[key] = root[key]!.DeepClone();
        }

        // Of two that disagree readers take the outer one, except in the family that copies the inner one over it.
        if (root[Tie] is JsonNode outer && (Config[Tie] is null || family?.InnerTieWins != true))
        {
            Config[Tie] = outer.DeepClone();
        }

        foreach ((string key, int size) in family?.TowerSizes ?? [])
        {
            if (!Config.ContainsKey(key))
            {
                Config[key] = size;
            }
        }
    }
}
