using System.Collections.Immutable;
using System.Globalization;

namespace LayerTool.Saving;

/// <summary>GPT-Neo's <c>attention_types</c>: kinds with a number of repeats, laid end to end.</summary>
internal sealed record AttentionTypesRule() : LayerRule("attention_types")
{
    public override string? Of(DecoderConfig config, int layer)
    {
        int start = 0;
        foreach (JsonTextNode group in config.Node(Name)?.Items ?? [])
        {
            if (group.Items.Length != 2 || group.Items[0].Items.IsEmpty || !int.TryParse(config.Text.Raw(group.Items[1]), CultureInfo.InvariantCulture, out int times))
            {
                return "unreadable";
            }

            int length = group.Items[0].Items.Length;
            if (layer - start < (long)length * times)
            {
                return config.Text.Raw(group.Items[0].Items[(layer - start) % length]);
            }

            start += length * times;
        }

        return null;
    }

    public override DecoderConfig Write(DecoderConfig config, ImmutableArray<LayerOrigin> origins)
    {
        if (config.Node(Name) is null || FirstDifference(config, origins) < 0 && Of(config, origins.Length) is null)
        {
            return config;
        }

        string kinds = string.Join(", ", origins.Select(origin => Of(origin.Config, origin.Layer) ?? "null"));
        return config.With(Name, $"[[[{kinds}], 1]]");
    }
}
