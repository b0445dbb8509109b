using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace LayerTool.Saving;

/// <summary>The table of what config.json files say of single layers: explicit lists, lists of indices, and the formulas of the families.</summary>
internal static partial class LayerRules
{
    private const string Full = "\"full_attention\"";
    private const string Sliding = "\"sliding_attention\"";
    private const string Linear = "\"linear_attention\"";
    private const string Chunked = "\"chunked_attention\"";

    /// <summary>The rules that hold for any family; each says nothing where its keys are absent.</summary>
    private static readonly ImmutableArray<LayerRule> Table =
    [
        new WindowStartRule("max_window_layers", (config, layer) => config.ModelType.StartsWith("qwen", StringComparison.Ordinal) && KindOf(config, layer) == Sliding),

        // Readers of the older dialect may not know layer_types, so there it is only kept, never added.
        new ListRule("layer_types", KindByFormula, config => config.IsNewDialect && KindByFormula(config, 0) is not null),
        new ListRule("no_rope_layers", RotatesByFormula, config => RotatesByFormula(config, 0) is not null),
        new IndexRule("moe_layers", (config, layer) => config.ModelType == "llama4_text" && (layer + 1) % Step(config, "interleave_moe_layer_step", 1) == 0),
        new IndexRule("mlp_only_layers", Decides: (config, layer, named) => named || (layer + 1) % Step(config, "decoder_sparse_step", 1) != 0),
        new FirstDenseRule(),
        new IndexRule("cross_attention_layers"),
        new IndexRule("full_attn_idxs"),
        new HalvesRule(),
        new BlocksRule(),
        new PerLayerRule(),
        new AttentionTypesRule(),
        new LetterRule("hybrid_override_pattern"),
        new FormulaRule("scale_attn_by_inverse_layer_idx", (config, layer) => config.IsTrue("scale_attn_by_inverse_layer_idx") ? Number(layer) : null),

        // The last layer of a Gemma 4 sees everything, whatever layer_types says.
        new FormulaRule("layer_types", (config, layer) => config.ModelType is "gemma4" or "gemma4_text" && layer == config.Count - 1 ? Full : KindOf(config, layer)),

        // What depends on the layer count or on other layers cannot follow its layer at all.
        new FormulaRule("scale_depth", (config, _) => config.Node("scale_depth") is null ? null : Number(config.Count)),
        new FormulaRule("num_kv_shared_layers", (config, layer) => config.Whole("num_kv_shared_layers") > 0 ? $"{layer} of {config.Count}" : null),
        new FormulaRule("hidden_size_per_layer_input", (config, layer) => config.Whole("hidden_size_per_layer_input") > 0 ? $"{layer} of {config.Count}" : null),
        new FormulaRule("is_encoder_decoder", (config, layer) => config.IsTrue("is_encoder_decoder") ? $"{layer} of {config.Count}" : null),
    ];

    /// <summary>Keys that look as if they spoke of layers and do not, or that only feed a rule of the table.</summary>
    private static readonly ImmutableHashSet<string> Harmless =
    [
        "num_hidden_layers", "n_layer", "n_layers", "num_layers", "num_transformer_layers",
        "sliding_window_pattern", "_sliding_window_pattern", "full_attention_interval", "no_rope_layer_interval", "max_window_layers",
        "interleave_moe_layer_step", "decoder_sparse_step", "moe_layer_freq", "num_nextn_predict_layers", "vocab_size_per_layer_input",
        "block_auto_adjust_ff_dim", "block_ffn_dim_multiplier", "block_multiple_of", "enable_moe_block", "attention_layers", "block_size",
    ];

    /// <summary>The rules of the table, and one for every other list whose length is the layer count.</summary>
    /// <param name="config">The main source's config.</param>
    public static ImmutableArray<LayerRule> For(DecoderConfig config) =>
    [
        .. Table,
        .. config.Decoder.Members
            .Where(member => !member.Value.Items.IsEmpty && member.Value.Items.Length == config.Count && Table.All(rule => !rule.Keys.Contains(member.Name)) && !NotOfLayers().IsMatch(member.Name))
            .Select(member => new ListRule(member.Name)),
    ];

    /// <summary>A key that seems to speak of single layers and that no rule knows, or null.</summary>
    public static string? Unknown(DecoderConfig config, ImmutableArray<LayerRule> rules) =>
        config.Decoder.Members
            .Where(member => config.Node(member.Name) is not null && config.Raw(member.Name) is not ("false" or "[]" or "{}" or "0" or "\"\""))
            .Select(member => member.Name)
            .FirstOrDefault(name => OfLayers().IsMatch(name) && !Otherwise().IsMatch(name) && !Harmless.Contains(name) && rules.All(rule => !rule.Keys.Contains(name)));

    private static string? KindOf(DecoderConfig config, int layer) =>
        config.Items("layer_types") is { Length: > 0 } items && layer < items.Length ? items[layer] : KindByFormula(config, layer);

    /// <summary>The attention kind of a layer where <c>layer_types</c> is absent.</summary>
    private static string? KindByFormula(DecoderConfig config, int layer) => config.ModelType switch
    {
        "qwen2" or "qwen3" or "qwen2_moe" or "qwen2_5_vl" or "qwen2_5_vl_text" =>
            config.IsTrue("use_sliding_window") && config.Node("sliding_window") is not null && layer >= (config.Whole("max_window_layers") ?? 28) ? Sliding : Full,
        "gemma2" or "gpt_oss" => layer % 2 == 0 ? Sliding : Full,
        "gemma3" or "gemma3_text" => Every(layer, Step(config, "sliding_window_pattern", Step(config, "_sliding_window_pattern", 6)), Full, Sliding),
        "cohere2" => Every(layer, Step(config, "sliding_window_pattern", Step(config, "_sliding_window_pattern", 4)), Full, Sliding),
        "olmo3" => Every(layer, 4, Full, Sliding),
        "exaone4" => config.Word("sliding_window_pattern") is { Length: > 0 } letters
            ? letters[layer % letters.Length] == 'L' ? Sliding : Full
            : config.Node("sliding_window") is null ? Full : Every(layer, Step(config, "sliding_window_pattern", 4), Full, Sliding),
        "qwen3_next" or "qwen3_5_text" or "qwen3_5_moe_text" => Every(layer, Step(config, "full_attention_interval", 4), Full, Linear),
        "smollm3" => config.IsTrue("use_sliding_window") && config.Node("sliding_window") is not null && RotatesOf(config, layer) == "0" ? Sliding : Full,
        "llama4_text" => RotatesOf(config, layer) == "0" ? Full : Chunked,
        "lfm2" => config.Items("full_attn_idxs") is { } indices && !indices.Contains(Number(layer)) ? "\"conv\"" : Full,
        _ => null,
    };

    private static string? RotatesOf(DecoderConfig config, int layer) =>
        config.Items("no_rope_layers") is { Length: > 0 } items && layer < items.Length ? items[layer] : RotatesByFormula(config, layer);

    /// <summary>1 where a layer turns its positions, 0 where not, the way <c>no_rope_layers</c> writes it.</summary>
    private static string? RotatesByFormula(DecoderConfig config, int layer) =>
        config.ModelType is "smollm3" or "llama4_text" ? Every(layer, Step(config, "no_rope_layer_interval", 4), "0", "1") : null;

    private static string Every(int layer, int step, string then, string otherwise) => (layer + 1) % step == 0 ? then : otherwise;

    private static int Step(DecoderConfig config, string key, int otherwise) => config.Whole(key) is int step and > 0 ? step : otherwise;

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex("layer|block|pattern|interval|period|every|_step$|idx|indices|offset|depth")]
    private static partial Regex OfLayers();

    [GeneratedRegex("norm|layerdrop|layer_scale|rope_interleave|^vision|^audio|^image|^video")]
    private static partial Regex Otherwise();

    [GeneratedRegex("^architectures$|token|^keys_|^rope|^suppress|^begin_|^bad_words|label|^languages$|^tags$|^vision|^image|^audio|section|factor$")]
    private static partial Regex NotOfLayers();
}
