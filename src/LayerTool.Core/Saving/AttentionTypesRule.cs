using System.Collections.Immutable;
using System.Text.Json;
using LayerTool.Architectures;

namespace LayerTool.Saving;

/// <summary>GPT-Neo's <c>attention_types</c>: kinds with a number of repeats, laid end to end.</summary>
internal sealed record AttentionTypesRule() : LayerRule("attention_types")
{
    public override string? Of(DecoderConfig config, int layer) =>
        config.Node(Name) is not null && LayerKinds.AttentionTypes(config.Keys) is { } kinds && layer < kinds.Count ? JsonSerializer.Serialize(kinds[layer]) : null;

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
