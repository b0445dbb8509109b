using System.Collections.Immutable;
using System.Text.Json.Nodes;
using LayerTool.Faults;

namespace LayerTool.Architectures;

/// <summary>
/// Reads config.json of transformers 4 (<c>rope_theta</c>, <c>rope_scaling</c>, <c>torch_dtype</c>) and 5
/// (<c>rope_parameters</c>, <c>dtype</c>) into one settled <see cref="ModelConfig"/>.
/// </summary>
public static class ModelConfigReader
{
    /// <summary>More layers than any model has; above it the file is taken for damaged.</summary>
    public const int MostLayers = 65536;

    /// <summary>Reads and checks.</summary>
    /// <param name="json">The parsed config.json.</param>
    /// <param name="file">Its path, for messages.</param>
    /// <exception cref="LayerToolException">Unknown family, missing or wrong key, or a setting that the table cannot express.</exception>
    public static ModelConfig Read(JsonObject json, string file)
    {
        TextTower tower = TextTower.Of(json);
        ConfigJson raw = new(tower.Config, file, string.Concat(tower.Path.Select(key => key + ".")));
        ArchitectureSpec spec = KnownArchitectures.Get(raw.RequiredText(CompactModel.FamilyKeyOf(tower.Config)), file, tower.IsWrapped);
        if (raw.Has("quantization_config"))
        {
            throw new LayerToolException($"{file}: `quantization_config` is set: quantised weights are edited by whole layers and not run", ConfigJson.OnlyEdited);
        }

        int hidden = raw.RequiredSize("hidden_size");
        int heads = raw.RequiredSize("num_attention_heads");
        int layers = raw.RequiredSize("num_hidden_layers");
        if (layers > MostLayers)
        {
            throw raw.Wrong("num_hidden_layers", $"at most {MostLayers}");
        }

        int kvHeads = raw.Size("num_key_value_heads") ?? (raw.Mentions("num_key_value_heads") ? heads : spec.DefaultKvHeads ?? heads);
        int? headDim = raw.Size("head_dim") ?? (raw.Mentions("head_dim") ? null : spec.DefaultHeadDim);
        if (headDim is null && hidden % heads != 0)
        {
            throw new LayerToolException($"{file}: `hidden_size` ({hidden}) is not a multiple of `num_attention_heads` ({heads}), and `head_dim` is not given", ConfigJson.OwnConfig);
        }

        headDim ??= hidden / heads;
        if (headDim % 2 != 0)
        {
            throw new LayerToolException($"{file}: the head width is {headDim}, expected an even number: rotary position embedding turns pairs", ConfigJson.OwnConfig);
        }

        int contextLength = raw.Size("max_position_embeddings") ?? spec.DefaultContextLength;
        bool attentionBias = spec.Biases is BiasRule.ByKeys or BiasRule.AttentionByKey && (raw.Flag("attention_bias") ?? false);
        return new ModelConfig
        {
            Architecture = spec,
            HiddenSize = hidden,
            AttentionHeads = heads,
            HeadDim = headDim.Value,
            VocabSize = raw.RequiredSize("vocab_size"),
            ContextLength = contextLength,
            RmsNormEpsilon = raw.Number("rms_norm_eps") ?? spec.DefaultRmsNormEpsilon,
            Activation = ReadActivation(raw),
            TiedEmbeddings = raw.Flag("tie_word_embeddings") ?? spec.DefaultTiedEmbeddings,
            QkvBias = attentionBias || spec.Biases == BiasRule.QkvAlways,
            AttentionOutputBias = attentionBias,
            MlpBias = spec.Biases == BiasRule.ByKeys && (raw.Flag("mlp_bias") ?? false),
            Rope = ReadRope(raw, spec, contextLength),
            Layers = ReadLayers(raw, spec, layers, heads, kvHeads),
            EosTokenIds = [.. raw.Indices("eos_token_id")],
            BosTokenId = raw.Index("bos_token_id"),
        };
    }

    private static Activation ReadActivation(ConfigJson raw) => raw.Text("hidden_act") switch
    {
        null or "silu" or "swish" => Activation.Silu,
        "gelu" => Activation.Gelu,
        "gelu_pytorch_tanh" or "gelu_new" => Activation.GeluTanh,
        "relu" => Activation.Relu,
        _ => throw raw.Refused("hidden_act", "an activation that LayerTool does not have"),
    };

    private static ImmutableArray<LayerConfig> ReadLayers(ConfigJson raw, ArchitectureSpec spec, int count, int heads, int kvHeads)
    {
        LayerOverrides.RequireKnown(raw);
        ImmutableArray<LayerOverride> overrides = LayerOverrides.Read(raw, count);
        int? inner = raw.Size("intermediate_size");
        int? window = raw.Size("sliding_window") ?? (raw.Mentions("sliding_window") ? null : spec.DefaultSlidingWindow);
        IReadOnlyList<string>? types = raw.Texts("layer_types");
        if (types is not null && types.Count != count)
        {
            throw new LayerToolException($"{raw.File}: `layer_types` has {types.Count} entries, expected one for each of the {count} layers", ConfigJson.OwnConfig);
        }

        if (types?.FirstOrDefault(type => type is not ("full_attention" or "sliding_attention")) is string unknown)
        {
            throw raw.Refused("layer_types", $"layers of the type `{unknown}` are not of this family");
        }

        bool Slides(int layer) => spec.Window switch
        {
            WindowRule.AllLayers => window is not null,
            WindowRule.ByLayerTypes when types is not null => types[layer] == "sliding_attention",
            WindowRule.ByLayerTypes => (raw.Flag("use_sliding_window") ?? false) && window is not null && layer >= (raw.Index("max_window_layers") ?? spec.DefaultMaxWindowLayers),
            _ => false,
        };

        if (spec.Window == WindowRule.ByLayerTypes && !(raw.Flag("use_sliding_window") ?? false))
        {
            window = null;
        }

        ImmutableArray<LayerConfig>.Builder layers = ImmutableArray.CreateBuilder<LayerConfig>(count);
        for (int layer = 0; layer < count; layer++)
        {
            bool slides = Slides(layer);
            if (types is not null && slides != (types[layer] == "sliding_attention"))
            {
                throw raw.Refused("layer_types", $"layer {layer} is `{types[layer]}`, which contradicts the window that a {spec.DisplayName} model has there");
            }

            if (slides && window is null)
            {
                throw raw.Refused("layer_types", $"layer {layer} slides, but `use_sliding_window` and `sliding_window` give no window");
            }

            LayerOverride own = overrides[layer];
            int ownKvHeads = own.KvHeads ?? kvHeads;
            if (own.HasAttention && heads % ownKvHeads != 0)
            {
                throw new LayerToolException(
                    $"{raw.File}: `num_attention_heads` ({heads}) is not a multiple of the {ownKvHeads} key and value heads of layer {layer}",
                    ConfigJson.OwnConfig);
            }

            layers.Add(new LayerConfig
            {
                SlidingWindow = slides ? window : null,
                KvHeads = own.HasAttention ? ownKvHeads : 0,
                IntermediateSize = own.HasMlp ? own.IntermediateSize ?? inner ?? throw raw.Missing("intermediate_size") : 0,
            });
        }

        return layers.MoveToImmutable();
    }

    private static RopeConfig ReadRope(ConfigJson raw, ArchitectureSpec spec, int contextLength)
    {
        // A rope_scaling that is not null replaces rope_parameters as a whole; θ inside it wins over the one outside.
        ConfigJson? rope = raw.Object("rope_scaling") ?? raw.Object("rope_parameters");
        if (rope is null && spec.RopeRequired)
        {
            throw raw.Missing("rope_parameters");
        }

        double theta = rope?.Number("rope_theta") ?? raw.Number("rope_theta") ?? spec.DefaultRopeTheta;
        if (theta <= 1)
        {
            throw (rope?.Has("rope_theta") == true ? rope : raw).Wrong("rope_theta", "a number above 1");
        }

        if ((rope?.Number("partial_rotary_factor") ?? raw.Number("partial_rotary_factor") ?? 1) != 1)
        {
            throw new LayerToolException($"{raw.File}: `partial_rotary_factor` is not 1, which a {spec.DisplayName} model does not have here", ConfigJson.OnlyEdited);
        }

        RopeConfig plain = new() { Theta = theta, QueryScalingBeta = rope?.Number("llama_4_scaling_beta") ?? 0 };
        if (rope is null)
        {
            return plain;
        }

        if (rope.Has("full_attention") || rope.Has("sliding_attention"))
        {
            throw new LayerToolException($"{raw.File}: `rope_parameters` differ by layer type, which a {spec.DisplayName} model does not have here", ConfigJson.OnlyEdited);
        }

        string type = rope.Text("rope_type") ?? rope.Text("type") ?? "default";
        switch (type)
        {
            case "default":
            case "mrope": // three positions a token, which are equal where there is only text
                return plain;
            case "linear":
                return plain with { Kind = RopeKind.Linear, Factor = Factor(rope) };
            case "dynamic":
                return plain with { Kind = RopeKind.Dynamic, Factor = Factor(rope), OriginalContextLength = contextLength };
            case "llama3":
                return plain with
                {
                    Kind = RopeKind.Llama3,
                    Factor = Factor(rope),
                    LowFrequencyFactor = rope.RequiredNumber("low_freq_factor"),
                    HighFrequencyFactor = rope.RequiredNumber("high_freq_factor"),
                    OriginalContextLength = rope.RequiredSize("original_max_position_embeddings"),
                };
            case "yarn":
                double factor = Factor(rope);
                return plain with
                {
                    Kind = RopeKind.Yarn,
                    Factor = factor,
                    BetaFast = rope.Number("beta_fast") ?? 32,
                    BetaSlow = rope.Number("beta_slow") ?? 1,
                    Truncate = rope.Flag("truncate") ?? true,
                    OriginalContextLength = rope.Size("original_max_position_embeddings") ?? contextLength,
                    AttentionFactor = YarnAttentionFactor(rope, factor),
                };
            default:
                throw rope.Refused(rope.Has("rope_type") ? "rope_type" : "type", $"a RoPE scaling that LayerTool does not have for {spec.DisplayName}");
        }
    }

    private static double Factor(ConfigJson rope)
    {
        double factor = rope.RequiredNumber("factor");
        return factor > 0 ? factor : throw rope.Wrong("factor", "a number above 0");
    }

    /// <summary>0.1 ln(factor) + 1, or the quotient of two such terms where both mscale keys are there (DeepSeek's form).</summary>
    private static double YarnAttentionFactor(ConfigJson rope, double factor)
    {
        if (rope.Number("attention_factor") is double given)
        {
            return given;
        }

        double Scale(double weight) => factor <= 1 ? 1 : (0.1 * weight * Math.Log(factor)) + 1;

        return rope.Number("mscale") is double mscale and not 0 && rope.Number("mscale_all_dim") is double all and not 0
            ? Scale(mscale) / Scale(all)
            : Scale(1);
    }
}
