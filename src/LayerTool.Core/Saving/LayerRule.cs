using System.Collections.Immutable;
using LayerTool.Plans;

namespace LayerTool.Saving;

/// <summary>Where a layer of the output comes from.</summary>
/// <param name="Config">config.json of its source.</param>
/// <param name="Layer">Its index there.</param>
/// <param name="Declared">The halves that the output says it has.</param>
internal readonly record struct LayerOrigin(DecoderConfig Config, int Layer, LayerHalves Declared = LayerHalves.Both);

/// <summary>
/// One thing that config.json says of single layers, by a list, by indices or by a formula over the index. A layer keeps what
/// it is wherever it is written: <see cref="Of"/> must say the same of the source's layer and of the output's.
/// </summary>
/// <param name="Name">The key, for messages.</param>
internal abstract record LayerRule(string Name)
{
    /// <summary>Keys that this rule accounts for.</summary>
    public virtual ImmutableArray<string> Keys => [Name];

    /// <summary>What a layer is by this rule, as a word to compare; null where the config says nothing.</summary>
    public abstract string? Of(DecoderConfig config, int layer);

    /// <summary>Writes what the layers are, where the family has a key for it and the config as it is would say otherwise.</summary>
    /// <param name="config">The main source's config with the new layer count.</param>
    /// <param name="origins">The layers of the output.</param>
    public virtual DecoderConfig Write(DecoderConfig config, ImmutableArray<LayerOrigin> origins) => config;

    /// <summary>The first layer of the output that the config would make another than it is in its source, or −1.</summary>
    public int FirstDifference(DecoderConfig config, ImmutableArray<LayerOrigin> origins)
    {
        for (int layer = 0; layer < origins.Length; layer++)
        {
            if (Of(config, layer) != Expected(config, origins[layer]))
            {
                return layer;
            }
        }

        return -1;
    }

    /// <summary>What a layer of the output must be by this rule.</summary>
    /// <param name="output">The output's config, for rules whose words depend on its dialect.</param>
    /// <param name="origin">Where the layer comes from.</param>
    protected virtual string? Expected(DecoderConfig output, LayerOrigin origin) => Of(origin.Config, origin.Layer);
}

/// <summary>A layer's kind by a formula over its index (and the layer count); no key can say it layer by layer.</summary>
/// <param name="Name">The key that turns the formula on.</param>
/// <param name="Formula">What a layer is; null where the formula is not on.</param>
internal sealed record FormulaRule(string Name, Func<DecoderConfig, int, string?> Formula) : LayerRule(Name)
{
    public override string? Of(DecoderConfig config, int layer) => Formula(config, layer);
}
