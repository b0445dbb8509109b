using System.Collections.Immutable;
using System.Globalization;

namespace LayerTool.Saving;

/// <summary>The first k layers have a dense MLP, the others experts, every f-th of them (DeepSeek, GLM-4 with experts).</summary>
internal sealed record FirstDenseRule() : LayerRule("first_k_dense_replace")
{
    private const string Dense = "dense";

    public override string? Of(DecoderConfig config, int layer) =>
        config.Whole(Name) is int first
            ? layer < first || (config.Whole("moe_layer_freq") is int step and > 1 && layer % step != 0) ? Dense : "experts"
            : null;

    public override DecoderConfig Write(DecoderConfig config, ImmutableArray<LayerOrigin> origins)
    {
        if (config.Whole(Name) is not int first || FirstDifference(config, origins) < 0)
        {
            return config;
        }

        int dense = origins.TakeWhile(origin => Of(origin.Config, origin.Layer) == Dense).Count();
        return dense == first ? config : config.With(Name, dense.ToString(CultureInfo.InvariantCulture));
    }
}
