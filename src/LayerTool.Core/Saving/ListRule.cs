using System.Collections.Immutable;
using System.Text.Json.Nodes;
using LayerTool.Faults;

namespace LayerTool.Saving;

/// <summary>A list with one entry a layer; where it is absent the family may have a formula.</summary>
/// <param name="Name">The key.</param>
/// <param name="Default">What a layer is without the list; null where the family has no formula.</param>
/// <param name="Writable">Whether readers of that config know the key, so that it may be added where it is absent.</param>
internal sealed record ListRule(string Name, Func<DecoderConfig, int, string?>? Default = null, Func<DecoderConfig, bool>? Writable = null) : LayerRule(Name)
{
    public override string? Of(DecoderConfig config, int layer) => Entry(config, layer) is string entry ? Plain(entry) : null;

    /// <inheritdoc />
    /// <exception cref="LayerToolException">A source's list is shorter than its layer count.</exception>
    public override DecoderConfig Write(DecoderConfig config, ImmutableArray<LayerOrigin> origins)
    {
        bool there = config.Items(Name) is { Length: > 0 };
        if (!there && (Writable?.Invoke(config) != true || FirstDifference(config, origins) < 0))
        {
            return config;
        }

        List<string> items = [];
        foreach (LayerOrigin origin in origins)
        {
            if (Entry(origin.Config, origin.Layer) is not string item)
            {
                return config; // the source says nothing of this layer: the comparison afterwards names it
            }

            items.Add(item);
        }

        return config.WithItems(Name, items);
    }

    private string? Entry(DecoderConfig config, int layer)
    {
        if (config.Items(Name) is not { Length: > 0 } items)
        {
            return Default?.Invoke(config, layer);
        }

        return layer < items.Length
            ? items[layer]
            : throw new LayerToolException($"{config.File}: `{config.Shown(Name)}` has {items.Length} entries, expected one for each of the {config.Count} layers", "take config.json from the folder that the weights came from");
    }

    /// <summary>The entry without the white space inside it, so that two spellings compare equal.</summary>
    public static string Plain(string raw) => raw[0] is '{' or '[' ? JsonNode.Parse(raw)!.ToJsonString() : raw;
}
