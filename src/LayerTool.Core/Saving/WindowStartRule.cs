using System.Collections.Immutable;
using System.Globalization;

namespace LayerTool.Saving;

/// <summary>
/// <c>max_window_layers</c>: without <c>layer_types</c>, the layers from this index on slide. It writes what the list cannot be
/// used for in the older dialect; whether the result is right the rule of <c>layer_types</c> tells.
/// </summary>
/// <param name="Name">The key.</param>
/// <param name="Slides">Whether a layer slides.</param>
internal sealed record WindowStartRule(string Name, Func<DecoderConfig, int, bool> Slides) : LayerRule(Name)
{
    public override string? Of(DecoderConfig config, int layer) => null;

    public override DecoderConfig Write(DecoderConfig config, ImmutableArray<LayerOrigin> origins)
    {
        if (config.Node("layer_types") is not null || Enumerable.Range(0, origins.Length).All(layer => Slides(config, layer) == Slides(origins[layer].Config, origins[layer].Layer)))
        {
            return config;
        }

        int first = origins.TakeWhile(origin => !Slides(origin.Config, origin.Layer)).Count();
        return origins.Skip(first).All(origin => Slides(origin.Config, origin.Layer))
            ? config.With(Name, first.ToString(CultureInfo.InvariantCulture))
            : config;
    }
}
