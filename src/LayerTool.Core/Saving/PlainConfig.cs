using System.Globalization;
using LayerTool.Architectures;

namespace LayerTool.Saving;

/// <summary>A config.json without what it says of single layers' halves and widths: that of a stock model, which any loader opens.</summary>
internal static class PlainConfig
{
    /// <summary>Whether a config says such things, or is of a model that only they explain.</summary>
    public static bool Differs(DecoderConfig config) =>
        config.IsCompact
        || config.ModelType == DeciModel.ModelType
        || config.Running.Any(halves => halves != Plans.LayerHalves.Both)
        || config.Node(LayerOverrides.Blocks) is not null
        || config.Node(LayerOverrides.PerLayer) is not null;

    /// <summary>Takes them out.</summary>
    /// <param name="config">The config.</param>
    /// <param name="kvHeads">KV heads of every layer; null to leave what stands there.</param>
    /// <param name="intermediateSize">MLP width of every layer; null to leave what stands there.</param>
    public static DecoderConfig Of(DecoderConfig config, int? kvHeads, int? intermediateSize)
    {
        if (!Differs(config))
        {
            return config;
        }

        config = config.IsCompact ? config.AsPlain() : config;
        config = config
            .WithoutKey(LayerOverrides.DroppedAttention)
            .WithoutKey(LayerOverrides.DroppedMlp)
            .WithoutKey(LayerOverrides.Blocks)
            .WithoutKey(LayerOverrides.PerLayer)
            .WithoutKey("auto_map"); // the code that reads those keys
        if (config.ModelType == DeciModel.ModelType)
        {
            config = config
                .With("model_type", $"\"{DeciModel.StockModelType}\"")
                .With("architectures", $"[\"{DeciModel.StockArchitecture}\"]");
        }

        config = WithSize(config, "num_key_value_heads", kvHeads);
        return WithSize(config, "intermediate_size", intermediateSize);
    }

    private static DecoderConfig WithSize(DecoderConfig config, string key, int? size) =>
        size is int number && config.Whole(key) != number ? config.With(key, number.ToString(CultureInfo.InvariantCulture)) : config;
}
