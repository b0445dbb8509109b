using System.Collections.Immutable;
using System.Globalization;
using LayerTool.Architectures;
using LayerTool.Plans;

namespace LayerTool.Saving;

/// <summary>
/// Which halves a layer has, in whatever dialect config.json says it; LLM-Drop's two lists are written here, the others by rules
/// of their own. What a layer must have is not what its source says but what the format declares of it.
/// </summary>
internal sealed record HalvesRule() : LayerRule(LayerOverrides.DroppedAttention)
{
    public override ImmutableArray<string> Keys => [LayerOverrides.DroppedAttention, LayerOverrides.DroppedMlp];

    public override string? Of(DecoderConfig config, int layer) => config.Running[layer].ToString();

    public override DecoderConfig Write(DecoderConfig config, ImmutableArray<LayerOrigin> origins)
    {
        if (Keys.All(key => config.Items(key) is null))
        {
            return config;
        }

        config = Write(config, LayerOverrides.DroppedAttention, [.. origins.Select(origin => origin.Declared.HasFlag(LayerHalves.Attention))]);
        return Write(config, LayerOverrides.DroppedMlp, [.. origins.Select(origin => origin.Declared.HasFlag(LayerHalves.Mlp))]);
    }

    protected override string? Expected(DecoderConfig output, LayerOrigin origin) => origin.Declared.ToString();

    private static DecoderConfig Write(DecoderConfig config, string key, ImmutableArray<bool> has)
    {
        if (config.Items(key) is { } items && items.Any(item => item is "true" or "false"))
        {
            return config.WithItems(key, [.. has.Select(half => half ? "false" : "true")]);
        }

        string[] dropped = [.. Enumerable.Range(0, has.Length).Where(layer => !has[layer]).Select(layer => layer.ToString(CultureInfo.InvariantCulture))];
        return config.Items(key) is null && dropped.Length == 0 ? config : config.WithItems(key, dropped);
    }
}
