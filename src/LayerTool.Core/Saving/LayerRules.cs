using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using LayerTool.Architectures;

namespace LayerTool.Saving;

/// <summary>The table of what config.json files say of single layers: explicit lists, lists of indices, and formulas, which are those of the families' rows.</summary>
internal static partial class LayerRules
{
    private const string Interval = "full_attention_interval"; // of every hybrid with a gated delta rule, in the table or not

    private static readonly string Sliding = Spelled(LayerKinds.Sliding);

    /// <summary>The rules that hold for any family; each says nothing where its keys are absent.</summary>
    private static readonly ImmutableArray<LayerRule> Table =
    [
        new ListRule("no_rope_layers", RotatesByFormula, config => RotatesByFormula(config, 0) is not null),
        new WindowStartRule("max_window_layers", (config, layer) => config.Node("max_window_layers") is not null && KindOf(config, layer) == Sliding),

        // Readers of the older dialect may not know layer_types, so there it is only kept, never added.
        new ListRule("layer_types", KindByFormula, config => config.IsNewDialect && KindByFormula(config, 0) is not null),
        new IndexRule("moe_layers", (config, layer) => config.Whole("interleave_moe_layer_step") is int step and > 0 && (layer + 1) % step == 0),
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
        new FormulaRule("layer_types", (config, layer) => config.Family?.LastSeesAll == true && layer == config.Count - 1 ? Spelled(LayerKinds.Full) : KindOf(config, layer)),

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
        "sliding_window_pattern", "_sliding_window_pattern", Interval, "no_rope_layer_interval", "max_window_layers",
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

    /// <summary>The kind of a layer where <c>layer_types</c> is absent: by the family's formula, where its readers know that key.</summary>
    private static string? KindByFormula(DecoderConfig config, int layer) => config.Family switch
    {
        { LayerTypesDecide: true, Kinds: LayerKinds.Rule kinds } => Spelled(kinds(config.Keys, layer)),
        null when config.Node(Interval) is not null => Spelled(LayerKinds.EveryNth(4, LayerKinds.Full, LayerKinds.Linear, Interval)(config.Keys, layer)),
        _ => null,
    };

    /// <summary>1 where a layer turns its positions, 0 where not, the way <c>no_rope_layers</c> writes it.</summary>
    private static string? RotatesByFormula(DecoderConfig config, int layer) =>
        config.Family?.Positions.Rotation == RotationRule.ByNoRopeLayers || config.Node("no_rope_layer_interval") is not null
            ? LayerKinds.Rotates(config.Keys, layer) ? "1" : "0"
            : null;

    private static string Spelled(string kind) => $"\"{kind}\"";

    private static int Step(DecoderConfig config, string key, int otherwise) => config.Whole(key) is int step and > 0 ? step : otherwise;

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex("layer|block|pattern|interval|period|every|_step$|idx|indices|offset|depth")]
    private static partial Regex OfLayers();

    [GeneratedRegex("norm|layerdrop|layer_scale|rope_interleave|^vision|^audio|^image|^video")]
    private static partial Regex Otherwise();

    [GeneratedRegex("^architectures$|token|^keys_|^rope|^suppress|^begin_|^bad_words|label|^languages$|^tags$|^vision|^image|^audio|section|factor$")]
    private static partial Regex NotOfLayers();
}
