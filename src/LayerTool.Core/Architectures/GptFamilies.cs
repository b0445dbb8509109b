namespace LayerTool.Architectures;

/// <summary>GPT-2 and those that took its names: LayerNorm, plain MLPs, mostly learned positions. Rows of <see cref="KnownArchitectures"/>.</summary>
internal static class GptFamilies
{
    private static readonly ConfigKeys GptKeys = new()
    {
        HiddenSize = "n_embd",
        LayerCount = "n_layer",
        AttentionHeads = "n_head",
        KvHeads = null,
        HeadDim = null,
        IntermediateSize = "n_inner",
        IntermediateFactor = 4,
        ContextLength = "n_positions",
        NormEpsilon = "layer_norm_epsilon",
    };

    private static readonly TensorNames GptNames = new()
    {
        Embedding = "transformer.wte",
        PositionTable = "transformer.wpe",
        FinalNorm = "transformer.ln_f",
        LayerPrefix = "transformer.h.",
        AttentionNorm = "ln_1",
        QueryKeyValue = "attn.c_attn",
        AttentionOutput = "attn.c_proj",
        MlpNorm = "ln_2",
        Up = "mlp.c_fc",
        MlpOutput = "mlp.c_proj",
    };

    private static readonly MlpSpec GptMlp = new()
    {
        Kind = MlpKind.Plain, ActivationKey = "activation_function", DefaultActivation = Activation.GeluTanh, Bias = Choice.Always,
    };

    private static readonly PositionSpec GptPositions = new() { Rotation = RotationRule.None, Learned = true };

    private static readonly ArchitectureSpec Gpt2 = new()
    {
        ModelType = "gpt2",
        DisplayName = "GPT-2",
        Keys = GptKeys,
        Names = GptNames,
        Norm = NormSpec.Layer,
        Attention = LayerNormFamilies.AllBiases with { Layout = QkvLayout.Blocks },
        Positions = GptPositions,
        Mlp = GptMlp,
        TransposedWeights = true,
        Fixed = [new("add_cross_attention", "false")],
        Variants =
        [
            Variant.WhenTrue("scale_attn_by_inverse_layer_idx", spec => spec with { Attention = spec.Attention with { ScaleByIndex = true } }),
            Variant.WhenFalse("scale_attn_weights", spec => spec with { Attention = spec.Attention with { Scale = ScaleRule.None } }),
        ],
        DefaultTiedEmbeddings = true,
        DefaultContextLength = 1024,
        DefaultNormEpsilon = 1e-5,
    };

    /// <summary>The rows.</summary>
    public static ArchitectureSpec[] Rows { get; } =
    [
        Gpt2,
        Gpt2 with
        {
            ModelType = "gpt_bigcode",
            DisplayName = "GPT-BigCode",
            Variants =
            [
                Variant.WhenFalse("multi_query", spec => spec with { DefaultKvHeads = null, Attention = spec.Attention with { Layout = QkvLayout.Groups } }),
                Variant.WhenFalse("scale_attn_weights", spec => spec with { Attention = spec.Attention with { Scale = ScaleRule.None } }),
            ],
            DefaultKvHeads = 1,
            TransposedWeights = false,
        },
        new()
        {
            ModelType = "gpt_neo",
            DisplayName = "GPT-Neo",
            Keys = new()
            {
                LayerCount = "num_layers", AttentionHeads = "num_heads", KvHeads = null, HeadDim = null, IntermediateFactor = 4, NormEpsilon = "layer_norm_epsilon",
            },
            Names = GptNames with
            {
                Query = "attn.attention.q_proj", Key = "attn.attention.k_proj", Value = "attn.attention.v_proj", AttentionOutput = "attn.attention.out_proj",
            },
            Norm = NormSpec.Layer,
            Attention = new() { QkvBias = Choice.Never, OutputBias = Choice.Always, Scale = ScaleRule.None },
            Positions = GptPositions,
            Mlp = GptMlp,
            Kinds = LayerKinds.ByAttentionTypes,
            WindowKey = "window_size",
            DefaultSlidingWindow = 256,
            DefaultTiedEmbeddings = true,
            DefaultNormEpsilon = 1e-5,
        },
        new()
        {
            ModelType = "gptj",
            DisplayName = "GPT-J",
            Keys = GptKeys,
            Names = GptNames with
            {
                Query = "attn.q_proj", Key = "attn.k_proj", Value = "attn.v_proj", AttentionOutput = "attn.out_proj", Up = "mlp.fc_in", MlpOutput = "mlp.fc_out",
            },
            Block = BlockShape.ParallelOneNorm,
            Norm = NormSpec.Layer,
            Attention = LlamaFamilies.NoBias,
            Positions = new() { Interleaved = true, WidthKey = "rotary_dim" },
            Mlp = GptMlp,
            HeadBias = Choice.Always,
            DefaultNormEpsilon = 1e-5,
        },
        new()
        {
            ModelType = "mpt",
            DisplayName = "MPT",
            Keys = new()
            {
                HiddenSize = "d_model", LayerCount = "n_layers", AttentionHeads = "n_heads", KvHeads = null, HeadDim = null,
                IntermediateSize = null, IntermediateFactor = 4, ContextLength = "max_seq_len", NormEpsilon = "layer_norm_epsilon",
            },
            Names = GptNames with
            {
                FinalNorm = "transformer.norm_f", LayerPrefix = "transformer.blocks.", AttentionNorm = "norm_1", QueryKeyValue = "attn.Wqkv",
                AttentionOutput = "attn.out_proj", MlpNorm = "norm_2", Up = "ffn.up_proj", MlpOutput = "ffn.down_proj",
            },
            Norm = NormSpec.LayerWithoutBias,
            Attention = LlamaFamilies.NoBias with { Layout = QkvLayout.Blocks, Alibi = AlibiKind.Mpt, ScaleKey = "attn_config.softmax_scale", ClipKey = "attn_config.clip_qkv" },
            Positions = new() { Rotation = RotationRule.None },
            Mlp = new() { Kind = MlpKind.Plain, ActivationKey = null, DefaultActivation = Activation.Gelu, Bias = Choice.Never },
            MlpModuleAdds = true,
            Fixed =
            [
                new("attn_config.alibi", "true"), new("attn_config.alibi_bias_max", "8"), new("attn_config.qk_ln", "false"), new("attn_config.prefix_lm", "false"),
                new("attn_config.attn_type", "\"multihead_attention\""), new("no_bias", "true"), new("logit_scale"),
            ],
            DefaultTiedEmbeddings = true,
            DefaultNormEpsilon = 1e-5,
        },
    ];
}
