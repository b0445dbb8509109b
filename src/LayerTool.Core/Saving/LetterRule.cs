using System.Collections.Immutable;
using System.Text.Json;

namespace LayerTool.Saving;

/// <summary>A string with one letter a layer (Nemotron-H).</summary>
/// <param name="Name">The key.</param>
internal sealed record LetterRule(string Name) : LayerRule(Name)
{
    public override string? Of(DecoderConfig config, int layer) =>
        config.Word(Name) is string letters && layer < letters.Length ? letters[layer].ToString() : null;

    public override DecoderConfig Write(DecoderConfig config, ImmutableArray<LayerOrigin> origins) =>
        config.Word(Name) is null ? config : config.With(Name, JsonSerializer.Serialize(string.Concat(origins.Select(origin => Of(origin.Config, origin.Layer)))));
}
