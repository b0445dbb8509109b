using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using LayerTool.Architectures;
using LayerTool.Faults;

namespace LayerTool.Checkpoints;

/// <summary>
/// Compares two configs in what matters to a layer: settled ones field by field where both can be run, else the keys of
/// config.json as they stand.
/// </summary>
internal static class ConfigComparison
{
    /// <summary>Keys that say nothing about what a layer computes, of families that the table does not know.</summary>
    private static readonly HashSet<string> NotOfLayers = new(StringComparer.Ordinal)
    {
        "_name_or_path", "architectures", "auto_map", "bos_token_id", "eos_token_id", "pad_token_id", "sep_token_id", "decoder_start_token_id", "unk_token_id",
        "dtype", "torch_dtype", "transformers_version", "use_cache", "initializer_range", "vocab_size", "max_position_embeddings", "n_positions", "n_ctx",
        "num_hidden_layers", "n_layer", "n_layers", "num_layers", "num_transformer_layers", "layer_types", "max_window_layers", "tie_word_embeddings",
        "attention_dropout", "hidden_dropout", "resid_pdrop", "embd_pdrop", "attn_pdrop", "pretraining_tp", "quantization_config", "task_specific_params", "return_dict",
    };

    /// <summary>Sizes that show in the shapes of the layers' tensors, or in how these are cut into heads.</summary>
    public static ImmutableArray<FieldDifference> Sizes(Checkpoint main, Checkpoint other) => !BothRun(main, other)
        ? []
        :
        [
            .. Differences(
                ("hidden_size", Whole(main.Config.HiddenSize), Whole(other.Config.HiddenSize)),
                ("num_attention_heads", Whole(main.Config.AttentionHeads), Whole(other.Config.AttentionHeads)),
                ("num_key_value_heads", Each(main, layer => layer.KvHeads), Each(other, layer => layer.KvHeads)),
                ("head_dim", Whole(main.Config.HeadDim), Whole(other.Config.HeadDim)),
                ("intermediate_size", Each(main, layer => layer.IntermediateSize), Each(other, layer => layer.IntermediateSize)))
                .Where(difference => difference is { Main: not "", Other: not "" }), // not of a half that one of them has in no layer
        ];

    /// <summary>The sizes that occur; a layer without that half has none, and brings its own along.</summary>
    private static string Each(Checkpoint checkpoint, Func<LayerConfig, int> size) =>
        string.Join(" and ", checkpoint.Config.Layers.Select(size).Where(number => number > 0).Distinct().Order().Select(Whole));

    /// <summary>Settings by which a layer of the same shape computes something else.</summary>
    public static ImmutableArray<FieldDifference> Settings(Checkpoint main, Checkpoint other)
    {
        FieldDifference? family = main.TextModelType == other.TextModelType ? null : new FieldDifference("model_type", main.TextModelType ?? "absent", other.TextModelType ?? "absent");
        ImmutableArray<FieldDifference> settings = BothRun(main, other) ? Settled(main.Config, other.Config) : Raw(main, other);
        return family is null ? settings : [family, .. settings];
    }

    /// <summary>Quantised and plain layers do not mix, nor do two ways of quantising.</summary>
    public static ImmutableArray<FieldDifference> Quantization(Checkpoint main, Checkpoint other) =>
        JsonNode.DeepEquals(main.TextConfig["quantization_config"], other.TextConfig["quantization_config"])
            ? []
            : [new FieldDifference("quantization_config", Shown(main.TextConfig["quantization_config"]), Shown(other.TextConfig["quantization_config"]))];

    /// <summary>Differences that no layer sees.</summary>
    public static IEnumerable<string> Notes(Checkpoint main, Checkpoint other)
    {
        if (BothRun(main, other) && main.Config.ContextLength != other.Config.ContextLength)
        {
            yield return $"`max_position_embeddings` is {main.Config.ContextLength} in {main.Folder} and {other.Config.ContextLength} in {other.Folder}; the main one's stays";
        }
    }

    private static bool BothRun(Checkpoint main, Checkpoint other) => main.CanRun && other.CanRun;

    private static ImmutableArray<FieldDifference> Settled(ModelConfig main, ModelConfig other) => Differences(
        ("rope_type", Name(main.Rope.Kind), Name(other.Rope.Kind)),
        ("rope_theta", Number(main.Rope.Theta), Number(other.Rope.Theta)),
        ("rope factor", Number(main.Rope.Factor), Number(other.Rope.Factor)),
        ("rope original_max_position_embeddings", Whole(main.Rope.OriginalContextLength), Whole(other.Rope.OriginalContextLength)),
        ("rope low_freq_factor", Number(main.Rope.LowFrequencyFactor), Number(other.Rope.LowFrequencyFactor)),
        ("rope high_freq_factor", Number(main.Rope.HighFrequencyFactor), Number(other.Rope.HighFrequencyFactor)),
        ("rope beta_fast", Number(main.Rope.BetaFast), Number(other.Rope.BetaFast)),
        ("rope beta_slow", Number(main.Rope.BetaSlow), Number(other.Rope.BetaSlow)),
        ("rope truncate", Flag(main.Rope.Truncate), Flag(other.Rope.Truncate)),
        ("rope attention_factor", Number(main.Rope.AttentionFactor), Number(other.Rope.AttentionFactor)),
        ("query scaling", Shown(main.QueryScaling), Shown(other.QueryScaling)),
        (main.Architecture.Keys.NormEpsilon ?? "norm epsilon", Number(main.NormEpsilon), Number(other.NormEpsilon)),
        ("hidden_act", Name(main.Activation), Name(other.Activation)),
        ("attention bias", Flag(main.QkvBias), Flag(other.QkvBias)),
        ("attention output bias", Flag(main.AttentionOutputBias), Flag(other.AttentionOutputBias)),
        ("mlp_bias", Flag(main.MlpBias), Flag(other.MlpBias)),
        ("q and k norm", Flag(main.Architecture.Attention.QkNorm is not null), Flag(other.Architecture.Attention.QkNorm is not null)),
        ("form of the family", Form(main), Form(other)),
        ("share of a head that turns", Number((double)main.Rope.Width / main.HeadDim), Number((double)other.Rope.Width / other.HeadDim)),
        ("rope factors", Shown(main.Rope.Factors), Shown(other.Rope.Factors)),
        ("rope of sliding layers", Shown(main.LocalRope), Shown(other.LocalRope)),
        ("attention scale", RelativeScale(main), RelativeScale(other)),
        ("attention soft cap", Shown(main.ScoreSoftcap), Shown(other.ScoreSoftcap)),
        ("bound of q, k and v", Shown(main.QkvBound), Shown(other.QkvBound)),
        ("residual_multiplier", Number(main.ResidualMultiplier), Number(other.ResidualMultiplier)),
        ("latent attention", Shown(main.Latent), Shown(other.Latent)),
        ("experts", Shown(main.Experts), Shown(other.Experts)),
        ("gated delta rule", Shown(main.GatedDelta), Shown(other.GatedDelta)),
        ("convolution", Shown(main.ConvolutionKernel), Shown(other.ConvolutionKernel)),
        ("sliding_window", Windows(main), Windows(other)));

    /// <summary>The scale of the scores beside 1 / √(head width), which differs with the heads alone.</summary>
    private static string RelativeScale(ModelConfig config) => Number(Math.Round(config.AttentionScale * Math.Sqrt(config.HeadDim), 9));

    private static string Form(ModelConfig config) =>
        $"{config.Architecture.Block}, {config.Architecture.Attention.Alibi} ALiBi, {(config.Architecture.Positions.Interleaved ? "interleaved" : "half-split")} pairs";

    private static string Shown<T>(T? value) => Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : "none";

    /// <summary>The windows that occur: a layer keeps its own wherever it is played, so their order is no difference.</summary>
    private static string Windows(ModelConfig config) =>
        string.Join(" and ", config.Layers.Select(layer => layer.Reach.Tokens).Distinct().Order().Select(window => window is int tokens ? Whole(tokens) : "none"));

    private static ImmutableArray<FieldDifference> Raw(Checkpoint main, Checkpoint other)
    {
        JsonObject left = main.TextConfig;
        JsonObject right = other.TextConfig;
        return Differences([.. left.Select(pair => pair.Key).Union(right.Select(pair => pair.Key), StringComparer.Ordinal)
            .Where(key => key != "model_type" && !NotOfLayers.Contains(key))
            .Order(StringComparer.Ordinal)
            .Where(key => !JsonNode.DeepEquals(left[key], right[key]))
            .Select(key => (key, Shown(left[key]), Shown(right[key])))]);
    }

    private static ImmutableArray<FieldDifference> Differences(params IEnumerable<(string Field, string Main, string Other)> fields) =>
        [.. fields.Where(field => field.Main != field.Other).Select(field => new FieldDifference(field.Field, field.Main, field.Other))];

    private static string Shown(JsonNode? node) => node is null ? "absent" : Quoted.Text(node.ToJsonString());

    private static string Whole(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Number(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static string Flag(bool flag) => flag ? "true" : "false";

    private static string Name<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
