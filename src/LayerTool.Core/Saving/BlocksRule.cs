using System.Collections.Immutable;
using LayerTool.Architectures;

namespace LayerTool.Saving;

/// <summary>
/// <c>block_configs</c> of DeciLM and AnyModel: one entry a layer, gathered. A layer of a checkpoint that has no such list gets an
/// entry in the main source's dialect.
/// </summary>
internal sealed record BlocksRule() : LayerRule(LayerOverrides.Blocks)
{
    public override string? Of(DecoderConfig config, int layer) =>
        config.Items(Name) is { } items && layer < items.Length ? ListRule.Plain(items[layer]) : null;

    public override DecoderConfig Write(DecoderConfig config, ImmutableArray<LayerOrigin> origins)
    {
        if (config.Items(Name) is null || origins.Any(origin => Entry(config, origin) is null))
        {
            return config; // the comparison afterwards names the layer
        }

        return config.WithItems(Name, [.. origins.Select(origin => Entry(config, origin)!)]);
    }

    /// <inheritdoc />
    /// <remarks>Where the output has no such list the settled configs are compared instead, if the family is known.</remarks>
    protected override string? Expected(DecoderConfig output, LayerOrigin origin) => output.Items(Name) is null && origin.Config.Settle() is not null
        ? null
        : Entry(output, origin) is string entry ? ListRule.Plain(entry) : null;

    private static string? Entry(DecoderConfig output, LayerOrigin origin)
    {
        if (origin.Config.Items(LayerOverrides.Blocks) is { } items)
        {
            return items[origin.Layer];
        }

        return output.Items(LayerOverrides.Blocks) is not null && origin.Config.Settle() is ModelConfig settled
            ? output.ModelType == DeciModel.ModelType ? DeciModel.Block(settled, settled.Layers[origin.Layer]) : AnyModelBlock(settled.Layers[origin.Layer])
            : null;
    }

    private static string AnyModelBlock(LayerConfig layer) =>
        $$$"""{"attention": {"no_op": {{{No(layer.HasAttention)}}}, "num_key_value_heads": {{{Size(layer.KvHeads)}}}}, "ffn": {"no_op": {{{No(layer.HasMlp)}}}, "intermediate_size": {{{Size(layer.IntermediateSize)}}}}}""";

    private static string No(bool there) => there ? "false" : "true";

    private static string Size(int size) => size == 0 ? "null" : size.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
