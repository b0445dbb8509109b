using System.Collections.Immutable;
using System.Globalization;

namespace LayerTool.Saving;

/// <summary>A list of the indices of the layers that are of a kind, such as <c>mlp_only_layers</c>.</summary>
/// <param name="Name">The key.</param>
/// <param name="Default">Whether a layer is of the kind where the list is absent.</param>
/// <param name="Decides">What a layer is, given whether the list names it; the list alone decides where this is null.</param>
internal sealed record IndexRule(string Name, Func<DecoderConfig, int, bool>? Default = null, Func<DecoderConfig, int, bool, bool>? Decides = null) : LayerRule(Name)
{
    public override string? Of(DecoderConfig config, int layer)
    {
        bool named = Names(config, layer);
        return (Decides?.Invoke(config, layer, named) ?? named) ? "true" : "false";
    }

    public override DecoderConfig Write(DecoderConfig config, ImmutableArray<LayerOrigin> origins)
    {
        // A list of booleans has one entry a layer and is gathered as such lists are.
        if (config.Items(Name) is not { } items || items.Any(item => item is "true" or "false"))
        {
            return config;
        }

        return config.WithItems(
            Name,
            [.. Enumerable.Range(0, origins.Length)
                .Where(layer => Names(origins[layer].Config, origins[layer].Layer))
                .Select(layer => layer.ToString(CultureInfo.InvariantCulture))]);
    }

    private bool Names(DecoderConfig config, int layer)
    {
        if (config.Items(Name) is not { } items)
        {
            return Default?.Invoke(config, layer) ?? false;
        }

        return config.Lists(Name, "true") || config.Lists(Name, "false")
            ? layer < items.Length && items[layer] == "true"
            : config.Lists(Name, layer.ToString(CultureInfo.InvariantCulture));
    }
}
