using System.Globalization;

namespace LayerTool.Architectures;

/// <summary>
/// What kind each layer is where <c>layer_types</c> does not say: the formulas that families have, one a row of the table names.
/// </summary>
internal static class LayerKinds
{
    public const string Full = "full_attention";
    public const string Sliding = "sliding_attention";
    public const string Chunked = "chunked_attention";
    public const string Linear = "linear_attention";
    public const string Convolution = "conv";

    /// <summary>The kind of a layer of a model of that config.</summary>
    public delegate string Rule(ConfigJson config, int layer);

    /// <summary>All see everything.</summary>
    public static string AllFull(ConfigJson config, int layer) => Full;

    /// <summary>All slide where a window is set.</summary>
    public static Rule AllSliding(int? defaultWindow = null) =>
        (config, _) => config.Has("sliding_window") || (defaultWindow is not null && !config.Mentions("sliding_window")) ? Sliding : Full;

    /// <summary>All slide where <c>use_sliding_window</c> turns the window on.</summary>
    public static string AllSlidingWhereUsed(ConfigJson config, int layer) =>
        config.Flag("use_sliding_window") == true && config.Has("sliding_window") ? Sliding : Full;

    /// <summary>Those from <c>max_window_layers</c> on slide, where <c>use_sliding_window</c> is true.</summary>
    public static Rule FromMaxWindowLayers(int absent = 28) => (config, layer) =>
        config.Flag("use_sliding_window") == true && (config.Has("sliding_window") || !config.Mentions("sliding_window")) && layer >= (config.Index("max_window_layers") ?? absent) ? Sliding : Full;

    /// <summary>Every n-th is of one kind, the others of another; n of the first key that is there.</summary>
    public static Rule EveryNth(int n, string then, string otherwise, params string[] keys) =>
        (config, layer) => (layer + 1) % (keys.Select(config.Size).FirstOrDefault(size => size is not null) ?? n) == 0 ? then : otherwise;

    /// <summary>EXAONE 4: a word of the letters L and G laid end to end, or every n-th full; all full without a window.</summary>
    public static string Exaone(ConfigJson config, int layer)
    {
        if (!config.Has("sliding_window") && config.Mentions("sliding_window"))
        {
            return Full;
        }

        return config.IsText("sliding_window_pattern") && config.Text("sliding_window_pattern") is { Length: > 0 } letters
            ? letters[layer % letters.Length] == 'L' ? Sliding : Full
            : EveryNth(4, Full, Sliding, "sliding_window_pattern")(config, layer);
    }

    /// <summary>SmolLM 3: layers without RoPE slide where <c>use_sliding_window</c> turns the window on.</summary>
    public static string WithoutRope(ConfigJson config, int layer) =>
        config.Flag("use_sliding_window") == true && config.Has("sliding_window") && !Rotates(config, layer) ? Sliding : Full;

    /// <summary>Llama 4: layers with RoPE see their own chunk, those without everything.</summary>
    public static string ChunkedWithRope(ConfigJson config, int layer) => Rotates(config, layer) ? Chunked : Full;

    /// <summary>LFM 2: those that <c>full_attn_idxs</c> lists have attention, the others convolutions.</summary>
    public static string ByFullAttentionIndices(ConfigJson config, int layer) =>
        !config.Has("full_attn_idxs") || config.Lists("full_attn_idxs", layer) ? Full : Convolution;

    /// <summary>GPT-Neo's <c>attention_types</c>.</summary>
    public static string ByAttentionTypes(ConfigJson config, int layer)
    {
        IReadOnlyList<string> kinds = AttentionTypes(config);
        return layer >= kinds.Count
            ? throw config.Wrong("attention_types", string.Create(CultureInfo.InvariantCulture, $"kinds for each layer; layer {layer} has none"))
            : kinds[layer] switch
            {
                "global" => Full,
                "local" => Sliding,
                string other => throw config.Refused("attention_types", $"layers of the kind `{other}` are not of this family"),
            };
    }

    /// <summary>The kinds that <c>attention_types</c> names, each group as often as its number says, laid end to end.</summary>
    public static IReadOnlyList<string> AttentionTypes(ConfigJson config) => config.Once("attention_types", () =>
    {
        List<string> kinds = [];
        foreach ((IReadOnlyList<string> group, int times) in config.RepeatedTexts("attention_types"))
        {
            for (int time = 0; time < times && kinds.Count < ModelConfigReader.MostLayers; time++)
            {
                kinds.AddRange(group);
            }
        }

        return kinds;
    });

    /// <summary>Whether a layer turns positions by <c>no_rope_layers</c> (1 for yes) or <c>no_rope_layer_interval</c>.</summary>
    public static bool Rotates(ConfigJson config, int layer)
    {
        IReadOnlyList<int> marks = config.Once("no_rope_layers", () => config.Indices("no_rope_layers", "a list of 0 and 1"));
        if (marks.Count == 0)
        {
            return (layer + 1) % (config.Size("no_rope_layer_interval") ?? 4) != 0;
        }

        return layer < marks.Count ? marks[layer] != 0 : throw config.Wrong("no_rope_layers", "one entry for each layer");
    }
}
