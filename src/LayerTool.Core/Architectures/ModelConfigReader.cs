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

        spec = spec.Settle(raw);
        spec = spec with { Keys = spec.Keys.In(raw) };
        ConfigKeys keys = spec.Keys;
        int hidden = raw.RequiredSize(keys.HiddenSize);
        int heads = raw.RequiredSize(keys.AttentionHeads);
        int layers = raw.RequiredSize(keys.LayerCount);
        if (layers > MostLayers)
        {
            throw raw.Wrong(keys.LayerCount, $"at most {MostLayers}");
        }

        LatentConfig? latent = MixerReader.ReadLatent(raw, spec);
        int headDim = latent?.HeadDim ?? HeadDim(raw, spec, hidden, heads);
        int contextLength = raw.Size(keys.ContextLength) ?? spec.DefaultContextLength;
        ImmutableArray<LayerConfig> settled = LayerConfigReader.Read(raw, spec, layers, new LayerSizes(heads, KvHeads(raw, spec, heads), headDim, IntermediateSize(raw, spec, hidden)));
        RopeReader ropes = new(raw, spec, contextLength, settled, latent);
        return new ModelConfig
        {
            Architecture = spec,
            HiddenSize = hidden,
            AttentionHeads = heads,
            HeadDim = headDim,
            VocabSize = raw.RequiredSize("vocab_size"),
            ContextLength = contextLength,
            NormEpsilon = (keys.NormEpsilon is string epsilon ? raw.Number(epsilon) : null) ?? spec.DefaultNormEpsilon,
            Activation = ReadActivation(raw, spec.Mlp),
            TiedEmbeddings = raw.Flag(keys.TiedEmbeddings) ?? spec.DefaultTiedEmbeddings,
            QkvBias = raw.Holds(spec.Attention.QkvBias),
            AttentionOutputBias = raw.Holds(spec.Attention.OutputBias),
            MlpBias = raw.Holds(spec.Mlp.Bias),
            HeadBias = raw.Holds(spec.HeadBias),
            EmbeddingSize = (keys.EmbeddingSize is string size ? raw.Size(size) : null) is int width && width != hidden ? width : null,
            AttentionScale = AttentionScale(raw, spec, headDim) * ropes.ScoreFactor,
            ScoreSoftcap = Positive(raw, spec.Attention.SoftcapKey, spec.Attention.DefaultSoftcap),
            QkvBound = Positive(raw, spec.Attention.ClipKey),
            EmbeddingMultiplier = (spec.Multipliers.EmbeddingByRoot ? Math.Sqrt(hidden) : 1) * Factor(raw, spec.Multipliers.EmbeddingKey),
            ResidualMultiplier = Factor(raw, spec.Multipliers.ResidualKey),
            LogitMultiplier = Factor(raw, spec.Multipliers.LogitKey, spec.Multipliers.DefaultLogit) / (Positive(raw, spec.Multipliers.LogitDivisorKey) ?? 1),
            LogitSoftcap = Positive(raw, spec.Multipliers.LogitSoftcapKey, spec.Multipliers.DefaultLogitSoftcap),
            Rope = ropes.Main,
            LocalRope = ropes.Local,
            QueryScaling = ropes.QueryScaling,
            Latent = latent,
            Experts = ExpertsReader.Read(raw, spec),
            GatedDelta = MixerReader.ReadGatedDelta(raw, spec),
            ConvolutionKernel = spec.ShortConvolution is null ? null : raw.RequiredSize("conv_L_cache"),
            ConvolutionBias = spec.ShortConvolution is not null && (raw.Flag("conv_bias") ?? false),
            LayerInputSize = spec.LayerInputs is LayerInputSpec inputs ? raw.Index(inputs.WidthKey) ?? 0 : 0,
            LayerInputVocabSize = raw.Size("vocab_size_per_layer_input") ?? raw.RequiredSize("vocab_size"),
            Layers = settled,
            EosTokenIds = [.. raw.Indices("eos_token_id")],
            BosTokenId = raw.Index("bos_token_id"),
        };
    }

    private static int KvHeads(ConfigJson raw, ArchitectureSpec spec, int heads)
    {
        if (spec.Keys.KvHeads is not string key)
        {
            return spec.DefaultKvHeads ?? heads;
        }

        return raw.Size(key) ?? (raw.Mentions(key) ? heads : spec.DefaultKvHeads ?? heads);
    }

    private static int HeadDim(ConfigJson raw, ArchitectureSpec spec, int hidden, int heads)
    {
        string? key = spec.Keys.HeadDim;
        int? headDim = key is null ? null : raw.Size(key) ?? (raw.Mentions(key) ? null : spec.DefaultHeadDim);
        return headDim is null && hidden % heads != 0
            ? throw new LayerToolException(
                $"{raw.File}: `{spec.Keys.HiddenSize}` ({hidden}) is not a multiple of `{spec.Keys.AttentionHeads}` ({heads}), and {(key is null ? "the family has no key for the head width" : $"`{key}` is not given")}",
                ConfigJson.OwnConfig)
            : headDim ?? hidden / heads;
    }

    private static int? IntermediateSize(ConfigJson raw, ArchitectureSpec spec, int hidden)
    {
        int? given = spec.Keys.IntermediateSize is string key ? raw.Size(key) : null;
        int? plain = given ?? spec.Keys.IntermediateFactor * hidden;
        if (plain is not int size || !spec.Keys.AdjustsIntermediateSize || !(raw.Flag("block_auto_adjust_ff_dim") ?? true))
        {
            return plain;
        }

        int multiple = raw.Size("block_multiple_of") ?? 256;
        int scaled = (int)((raw.Number("block_ffn_dim_multiplier") ?? 1) * (int)(2L * size / 3));
        return (scaled + multiple - 1) / multiple * multiple;
    }

    private static double AttentionScale(ConfigJson raw, ArchitectureSpec spec, int headDim)
    {
        AttentionSpec attention = spec.Attention;
        if (attention.ScaleKey is string key && raw.Number(key) is double factor)
        {
            return factor;
        }

        return attention.ScaleRootKey is string rootKey && Positive(raw, rootKey, attention.DefaultScaleRoot) is double root ? 1 / Math.Sqrt(root)
            : attention.Scale == ScaleRule.None ? 1
            : 1 / Math.Sqrt(headDim);
    }

    private static double Factor(ConfigJson raw, string? key, double absent = 1) => (key is null ? null : raw.Number(key)) ?? absent;

    private static double? Positive(ConfigJson raw, string? key, double? absent = null) =>
        (key is null ? null : raw.Number(key)) is not double number ? (key is not null && raw.Mentions(key) ? null : absent)
        : number > 0 ? number
        : throw raw.Wrong(key!, "a number above 0");

    private static Activation ReadActivation(ConfigJson raw, MlpSpec mlp)
    {
        if (mlp.ActivationKey is not string key)
        {
            return mlp.DefaultActivation;
        }

        return raw.Text(key) switch
        {
            null => mlp.DefaultActivation,
            "silu" or "swish" => Activation.Silu,
            "gelu" => Activation.Gelu,
            "gelu_pytorch_tanh" or "gelu_new" or "gelu_fast" => Activation.GeluTanh,
            "relu" => Activation.Relu,
            "relu2" => Activation.ReluSquared,
            "xielu" => Activation.XIelu,
            _ => throw raw.Refused(key, "an activation that LayerTool does not have"),
        };
    }
}
