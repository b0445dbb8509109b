using System.Collections.Immutable;
using System.Globalization;
using LayerTool.Faults;

namespace LayerTool.Architectures;

/// <summary>
/// Reads what config.json says of single layers in the dialects of the tools that drop halves of layers or change their widths:
/// LLM-Drop's lists, DeciLM's and AnyModel's <c>block_configs</c>, transformers' <c>per_layer_config</c>. Where a file speaks more
/// than one of them, a half that any of them drops is dropped.
/// </summary>
internal static class LayerOverrides
{
    /// <summary>LLM-Drop's list of the layers without attention.</summary>
    public const string DroppedAttention = "drop_attn_list";

    /// <summary>LLM-Drop's list of the layers without MLP.</summary>
    public const string DroppedMlp = "drop_mlp_list";

    /// <summary>DeciLM's and AnyModel's list of layers.</summary>
    public const string Blocks = "block_configs";

    /// <summary>The layers that differ, by index, as transformers 5.17 writes them.</summary>
    public const string PerLayer = "per_layer_config";

    /// <summary>DeciLM-7B's list.</summary>
    public const string KvHeadsPerLayer = "num_key_value_heads_per_layer";

    private const int WidthStep = 256;

    private static readonly ImmutableHashSet<string> AttentionKeys = ["no_op", "n_heads_in_group", "num_key_value_heads"];
    private static readonly ImmutableHashSet<string> MlpKeys = ["no_op", "ffn_mult", "intermediate_size"];
    private static readonly ImmutableHashSet<string> PerLayerKeys = ["skip", "num_key_value_heads", "head_dim", "intermediate_size"];

    /// <summary>Reads them; what the decoder cannot run is no fault here.</summary>
    /// <param name="raw">The decoder's config.</param>
    /// <param name="count">Its number of layers.</param>
    /// <exception cref="LayerToolException">A list is malformed or names a layer that is not there.</exception>
    public static ImmutableArray<LayerOverride> Read(ConfigJson raw, int count)
    {
        LayerOverride[] layers = [.. Enumerable.Repeat(LayerOverride.None, count)];
        ReadKvHeads(raw, layers);
        ReadBlocks(raw, layers);
        ReadPerLayer(raw, layers);
        foreach (int layer in Named(raw, DroppedAttention, count))
        {
            layers[layer] = layers[layer] with { HasAttention = false };
        }

        foreach (int layer in Named(raw, DroppedMlp, count))
        {
            layers[layer] = layers[layer] with { HasMlp = false };
        }

        return [.. layers];
    }

    /// <summary>The width that readers of DeciLM take for a multiplier: a multiple of 256, rounded up.</summary>
    public static long WidthOf(double multiplier, int hiddenSize)
    {
        double width = 2 * multiplier * hiddenSize / 3;
        return width < int.MaxValue ? ((long)width + WidthStep - 1) / WidthStep * WidthStep : long.MaxValue;
    }

    /// <summary>Refuses what is said of a layer and the decoder does not have, such as attention that is a matrix.</summary>
    /// <exception cref="LayerToolException">The key, by its path.</exception>
    public static void RequireKnown(ConfigJson raw)
    {
        foreach (ConfigJson block in raw.Objects(Blocks))
        {
            RequireKnown(block.Object("attention"), AttentionKeys);
            RequireKnown(block.Object("ffn"), MlpKeys);
        }

        foreach ((_, ConfigJson layer) in raw.Object(PerLayer)?.Members() ?? [])
        {
            RequireKnown(layer, PerLayerKeys);
            if (layer.Texts("skip")?.Any(half => half is not ("attention" or "mlp")) == true)
            {
                throw layer.Refused("skip", "only `attention` and `mlp` are halves of a layer");
            }
        }
    }

    private static void RequireKnown(ConfigJson? half, ImmutableHashSet<string> known)
    {
        if (half?.Keys.FirstOrDefault(key => half.Says(key) && !known.Contains(key)) is string unknown)
        {
            throw half.Refused(unknown, "LayerTool does not run such a layer");
        }
    }

    private static void ReadKvHeads(ConfigJson raw, LayerOverride[] layers)
    {
        if (!raw.Has(KvHeadsPerLayer))
        {
            return;
        }

        IReadOnlyList<int> heads = raw.Indices(KvHeadsPerLayer);
        if (heads.Count != layers.Length || heads.Any(number => number < 1))
        {
            throw raw.Wrong(KvHeadsPerLayer, Invariant($"a number from 1 for each of the {layers.Length} layers"));
        }

        for (int layer = 0; layer < layers.Length; layer++)
        {
            layers[layer] = layers[layer] with { KvHeads = heads[layer] };
        }
    }

    private static void ReadBlocks(ConfigJson raw, LayerOverride[] layers)
    {
        IReadOnlyList<ConfigJson> blocks = raw.Objects(Blocks);
        if (!raw.Has(Blocks))
        {
            return;
        }

        if (blocks.Count != layers.Length)
        {
            throw new LayerToolException(
                Invariant($"{raw.File}: `{Blocks}` has {blocks.Count} entries, expected one for each of the {layers.Length} layers"),
                ConfigJson.OwnConfig);
        }

        for (int layer = 0; layer < layers.Length; layer++)
        {
            ConfigJson? attention = blocks[layer].Object("attention");
            ConfigJson? mlp = blocks[layer].Object("ffn");
            layers[layer] = layers[layer] with
            {
                HasAttention = attention?.Flag("no_op") != true,
                HasMlp = mlp?.Flag("no_op") != true,
                KvHeads = KvHeads(raw, attention) ?? layers[layer].KvHeads,
                IntermediateSize = Width(raw, mlp) ?? layers[layer].IntermediateSize,
            };
        }
    }

    private static int? KvHeads(ConfigJson raw, ConfigJson? attention)
    {
        if (attention?.Size("n_heads_in_group") is not int group)
        {
            return attention?.Size("num_key_value_heads");
        }

        int heads = raw.RequiredSize("num_attention_heads");
        return heads % group == 0 ? heads / group : throw attention.Wrong("n_heads_in_group", Invariant($"a divisor of the {heads} attention heads"));
    }

    private static int? Width(ConfigJson raw, ConfigJson? mlp)
    {
        if (mlp?.Number("ffn_mult") is not double multiplier)
        {
            return mlp?.Size("intermediate_size");
        }

        long width = multiplier > 0 ? WidthOf(multiplier, raw.RequiredSize("hidden_size")) : 0;
        return width is > 0 and <= int.MaxValue ? (int)width : throw mlp.Wrong("ffn_mult", "a factor above 0 that gives a width");
    }

    private static void ReadPerLayer(ConfigJson raw, LayerOverride[] layers)
    {
        foreach ((string name, ConfigJson entry) in raw.Object(PerLayer)?.Members() ?? [])
        {
            if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int layer) || layer >= layers.Length)
            {
                throw new LayerToolException(
                    $"{raw.File}: `{PerLayer}` names the layer {Quoted.Text(name)}, expected {(layers.Length == 0 ? "none: there are no layers" : Invariant($"0 to {layers.Length - 1}"))}",
                    ConfigJson.OwnConfig);
            }

            IReadOnlyList<string> skipped = entry.Texts("skip") ?? [];
            layers[layer] = layers[layer] with
            {
                HasAttention = layers[layer].HasAttention && !skipped.Contains("attention"),
                HasMlp = layers[layer].HasMlp && !skipped.Contains("mlp"),
                KvHeads = entry.Size("num_key_value_heads") ?? layers[layer].KvHeads,
                HeadDim = entry.Size("head_dim"),
                IntermediateSize = entry.Size("intermediate_size") ?? layers[layer].IntermediateSize,
            };
        }
    }

    /// <summary>The layers that a list of indices names, or one of true and false: 1 is an index there, never true.</summary>
    private static IEnumerable<int> Named(ConfigJson raw, string key, int count)
    {
        if (raw.Flags(key) is { Count: > 0 } flags)
        {
            return flags.Count == count
                ? Enumerable.Range(0, count).Where(layer => flags[layer])
                : throw new LayerToolException(
                    Invariant($"{raw.File}: `{key}` has {flags.Count} entries, expected one for each of the {count} layers"),
                    ConfigJson.OwnConfig);
        }

        IReadOnlyList<int> indices = raw.Indices(key, Invariant($"a list of layers from 0 to {count - 1}, or of true and false for each"));
        return indices.All(layer => layer >= 0 && layer < count)
            ? indices
            : throw raw.Wrong(key, Invariant($"a list of layers from 0 to {count - 1}"));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
