using System.Collections.Immutable;
using System.Globalization;
using LayerTool.Architectures;

namespace LayerTool.Saving;

/// <summary>
/// <c>per_layer_config</c>: an object with the layers that differ, named by their index with leading zeros up to the width of the
/// last layer's.
/// </summary>
internal sealed record PerLayerRule() : LayerRule(LayerOverrides.PerLayer)
{
    private const string Nothing = "{}";

    public override string? Of(DecoderConfig config, int layer) => ListRule.Plain(Entry(config, layer));

    public override DecoderConfig Write(DecoderConfig config, ImmutableArray<LayerOrigin> origins)
    {
        if (config.Node(Name) is null)
        {
            return config;
        }

        int width = Math.Max(0, origins.Length - 1).ToString(CultureInfo.InvariantCulture).Length;
        IEnumerable<string> entries = origins
            .Select((origin, layer) => (Index: layer.ToString(CultureInfo.InvariantCulture).PadLeft(width, '0'), Entry: Entry(origin.Config, origin.Layer)))
            .Where(pair => ListRule.Plain(pair.Entry) != Nothing)
            .Select(pair => $"\"{pair.Index}\": {pair.Entry}");
        return config.With(Name, "{" + string.Join(", ", entries) + "}");
    }

    private static string Entry(DecoderConfig config, int layer)
    {
        JsonTextMember? entry = config.Node(LayerOverrides.PerLayer)?.Members
            .LastOrDefault(member => int.TryParse(member.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index == layer);
        return entry is null ? Nothing : config.Text.Raw(entry.Value);
    }
}
