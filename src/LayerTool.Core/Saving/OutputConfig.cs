using System.Collections.Immutable;
using LayerTool.Architectures;
using LayerTool.Faults;

namespace LayerTool.Saving;

/// <summary>
/// config.json of the output: the main source's own text, in which only the keys that the edit makes wrong are changed. Whatever
/// a layer is in its source (sliding or full, with experts or without) it is at its new place, or the edit is refused.
/// </summary>
internal static class OutputConfig
{
    /// <summary>Writes the config for those layers.</summary>
    /// <param name="main">The main source's config.</param>
    /// <param name="origins">The layers of the output.</param>
    /// <returns><paramref name="main"/> itself where nothing needs to change.</returns>
    /// <exception cref="LayerToolException">A layer would be another at its new place, and no key can say otherwise.</exception>
    public static DecoderConfig ForLayers(DecoderConfig main, ImmutableArray<LayerOrigin> origins)
    {
        ImmutableArray<LayerRule> rules = LayerRules.For(main);
        bool sameDepth = origins.Length == main.Count;
        if (sameDepth && rules.All(rule => rule.FirstDifference(main, origins) < 0))
        {
            CheckAsRead(main, main, origins);
            return main;
        }

        if (main.Family is null && LayerRules.Unknown(main, rules) is string unknown)
        {
            throw new LayerToolException(
                $"{main.File}: `{main.Shown(unknown)}` seems to speak of single layers, and LayerTool does not know how it follows a layer that moves",
                "the plan can be kept with `--plan-out`");
        }

        DecoderConfig config = main.WithCount(origins.Length);
        foreach (LayerRule rule in rules)
        {
            config = rule.Write(config, origins);
        }

        foreach (LayerRule rule in rules)
        {
            if (rule.FirstDifference(config, origins) is int layer and >= 0)
            {
                throw Inexpressible(rule, config, origins[layer], layer);
            }
        }

        config = WithoutIdleRope(config);
        CheckAsRead(main, config, origins);
        return config;
    }

    private static LayerToolException Inexpressible(LayerRule rule, DecoderConfig config, LayerOrigin origin, int layer)
    {
        string kind = rule.Of(origin.Config, origin.Layer) ?? "nothing";
        string would = rule.Of(config, layer) ?? "nothing";
        string source = origin.Config.File == config.File ? "" : $" of {origin.Config.File}";
        return new LayerToolException(
            $"{config.File}: `{rule.Name}` goes by a layer's place, so layer {origin.Layer}{source} cannot become layer {layer}: there it would be {would}, it is {kind}",
            rule.Name == "layer_types" && !config.IsNewDialect
                ? "config.json as transformers 5 writes it lists `layer_types` and can say it; the plan itself can be kept with `--plan-out`"
                : "choose layers that keep the pattern, or keep the plan itself with `--plan-out`");
    }

    /// <summary>
    /// RoPE by layer kind loses the entries of kinds that no longer occur: readers take the object for one RoPE where
    /// <c>layer_types</c> lacks one of its keys.
    /// </summary>
    private static DecoderConfig WithoutIdleRope(DecoderConfig config)
    {
        if (config.Items("layer_types") is not { } kinds || config.Node("rope_parameters") is not JsonTextNode rope)
        {
            return config;
        }

        foreach (JsonTextMember member in rope.Members.Where(member => member.Name.EndsWith("_attention", StringComparison.Ordinal) && !kinds.Contains($"\"{member.Name}\"")))
        {
            config = config.Without("rope_parameters", member.Name);
        }

        return config;
    }

    /// <summary>Reads the result as a loader does, and holds every layer against what it is in its source.</summary>
    private static void CheckAsRead(DecoderConfig main, DecoderConfig config, ImmutableArray<LayerOrigin> origins)
    {
        if (main.Settle() is null)
        {
            return; // only the rules above know this family
        }

        ModelConfig written = config.Settle()
            ?? throw new LayerToolException($"{main.File}: cannot say what the layers of the output are", "the plan itself can be kept with `--plan-out`");
        Dictionary<DecoderConfig, ModelConfig?> sources = [];
        for (int layer = 0; layer < origins.Length; layer++)
        {
            LayerOrigin origin = origins[layer];
            if (!sources.TryGetValue(origin.Config, out ModelConfig? source))
            {
                source = origin.Config.Settle();
                sources.Add(origin.Config, source);
            }

            if (source is null)
            {
                continue;
            }

            // Heads may be cut otherwise in a source that was taken all the same: what counts is the width of all of them.
            LayerConfig declared = WrittenSlot.Having(source.Layers[origin.Layer], origin.Declared);
            LayerConfig expected = declared.CutAs(source.HeadDim, written.HeadDim);
            if (written.Layers[layer] != expected)
            {
                throw new LayerToolException(
                    $"{config.File}: cannot say what layer {origin.Layer} of {origin.Config.File} is: layer {layer} of the output would be {written.Layers[layer]}, expected {expected}", "keep the order of the layers around it, or write the plan alone with `--plan-out FILE`");
            }
        }
    }
}
