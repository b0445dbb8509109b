using System.Collections.Immutable;
using System.Globalization;
using LayerTool.Architectures;

namespace LayerTool.Saving;

/// <summary>
/// config.json as all readers of DeciLM take it: one complete entry a layer, RoPE in the keys of transformers 4, and spelled out
/// what a Llama model has by default and its own family has otherwise.
/// </summary>
internal static class DeciConfig
{
    /// <summary>Keys that only other readers know, or that DeciLM says by layer.</summary>
    private static readonly ImmutableArray<string> Removed =
    [
        "rope_parameters", "layer_types", "sliding_window", "use_sliding_window", "max_window_layers", CompactModel.FamilyKey,
    ];

    /// <summary>Writes it.</summary>
    /// <param name="config">The config of the right length, without what it says of single layers' halves and widths.</param>
    /// <param name="main">The main source's settled config.</param>
    /// <param name="blocks">The entries of <c>block_configs</c>.</param>
    public static DecoderConfig Write(DecoderConfig config, ModelConfig main, ImmutableArray<string> blocks)
    {
        (string theta, string scaling) = Rope(config, main);
        config = config
            .With("architectures", $"[\"{DeciModel.Architecture}\"]")
            .With("model_type", $"\"{DeciModel.ModelType}\"")
            .With("auto_map", DeciModel.RemoteCode)
            .With("intermediate_size", "null")
            .With("num_key_value_heads", "null")
            .With("rope_theta", theta)
            .With("rope_scaling", scaling)
            .With("hidden_act", "\"silu\"")
            .With("tie_word_embeddings", Flag(main.TiedEmbeddings))
            .With("attention_bias", Flag(main.AttentionOutputBias))
            .With("mlp_bias", Flag(main.MlpBias))
            .WithItems(LayerOverrides.Blocks, blocks);
        config = WithDefault(config, "max_position_embeddings", main.ContextLength.ToString(CultureInfo.InvariantCulture));
        config = WithDefault(config, "rms_norm_eps", main.NormEpsilon.ToString("R", CultureInfo.InvariantCulture));
        config = config.Raw("dtype") is string dtype ? WithDefault(config, "torch_dtype", dtype) : config;

        // llama.cpp's converter looks for the original length here, and takes 8192 where it finds none.
        config = main.Rope.Kind == RopeKind.Llama3
            ? config.With("original_max_position_embeddings", main.Rope.OriginalContextLength.ToString(CultureInfo.InvariantCulture))
            : config;
        return Removed.Aggregate(config, (text, key) => text.WithoutKey(key));
    }

    /// <summary>θ and scaling as the source spells them, in the older keys.</summary>
    private static (string Theta, string Scaling) Rope(DecoderConfig config, ModelConfig main)
    {
        JsonTextNode? node = config.Node("rope_scaling") ?? config.Node("rope_parameters");
        string theta = node?.Member("rope_theta") is JsonTextMember inside ? config.Text.Raw(inside.Value)
            : config.Raw("rope_theta") ?? main.Rope.Theta.ToString("0.0###############", CultureInfo.InvariantCulture);
        if (node is null || main.Rope.Kind == RopeKind.Default)
        {
            return (theta, "null");
        }

        IEnumerable<string> members = node.Members
            .Where(member => member.Name != "rope_theta")
            .Select(member => $"\"{member.Name}\": {config.Text.Raw(member.Value)}");
        return (theta, "{" + string.Join(", ", members) + "}");
    }

    private static DecoderConfig WithDefault(DecoderConfig config, string key, string raw) => config.Node(key) is null ? config.With(key, raw) : config;

    private static string Flag(bool flag) => flag ? "true" : "false";
}
