namespace LayerTool.Architectures;

/// <summary>Families whose layers mix tokens in several ways, or get inputs of their own. Rows of <see cref="KnownArchitectures"/>.</summary>
internal static class HybridFamilies
{
    private static readonly ArchitectureSpec Qwen3Next = new()
    {
        ModelType = "qwen3_next",
        DisplayName = "Qwen 3 Next",
        Norm = NormSpec.RmsPlusOne,
        Attention = new() { QkNorm = new(NormSpec.RmsPlusOne), OutputGate = true },
        Positions = new() { FractionKey = "partial_rotary_factor", DefaultFraction = 0.25 },
        Mlp = LlamaFamilies.NoMlpBias,
        Experts = ExpertFamilies.QwenExperts with
        {
            Normalized = Choice.By("norm_topk_prob", absent: true),
            Shared = "mlp.shared_expert",
            SharedIntermediateKey = "shared_expert_intermediate_size",
            SharedGate = "mlp.shared_expert_gate",
        },
        GatedDelta = new() { Packed = true },
        LayerTypesDecide = true,
        Kinds = LayerKinds.EveryNth(4, LayerKinds.Full, LayerKinds.Linear, "full_attention_interval"),
        DefaultKvHeads = 2,
        DefaultHeadDim = 256,
        DefaultContextLength = 32768,
    };

    /// <summary>The rows.</summary>
    public static ArchitectureSpec[] Rows { get; } =
    [
        Qwen3Next,
        Qwen3Next with
        {
            ModelType = "qwen3_5_text",
            DisplayName = "Qwen 3.5",
            GatedDelta = new(),
            DefaultKvHeads = 4,
            Experts = null,
        },
        new()
        {
            ModelType = "lfm2",
            DisplayName = "LFM 2",
            Keys = new() { IntermediateSize = "block_ff_dim|intermediate_size", AdjustsIntermediateSize = true, HeadDim = null, NormEpsilon = "norm_eps" },
            Names = new()
            {
                FinalNorm = "model.embedding_norm", AttentionNorm = "operator_norm", MlpNorm = "ffn_norm", AttentionOutput = "self_attn.out_proj",
                QueryNorm = "self_attn.q_layernorm", KeyNorm = "self_attn.k_layernorm",
                Gate = "feed_forward.w1", Up = "feed_forward.w3", MlpOutput = "feed_forward.w2",
            },
            Attention = LlamaFamilies.NoBias with { QkNorm = new(NormSpec.Rms) },
            Positions = new() { DefaultTheta = 1000000 },
            Mlp = new() { ActivationKey = null, Bias = Choice.Never },
            ShortConvolution = new(),
            LayerTypesDecide = true,
            Kinds = LayerKinds.ByFullAttentionIndices,
            DefaultTiedEmbeddings = true,
            DefaultKvHeads = 8,
            DefaultContextLength = 128000,
            DefaultNormEpsilon = 1e-5,
        },
        new()
        {
            ModelType = "gemma4_text",
            DisplayName = "Gemma 4",
            Names = LlamaFamilies.NamesAround,
            Block = BlockShape.NormAround,
            Attention = new() { QkNorm = new(NormSpec.Rms), ValueNorm = true, Scale = ScaleRule.None, SharedKvKey = "num_kv_shared_layers" },
            Positions = new() { Rotation = RotationRule.LocalForSliding, FractionKey = "partial_rotary_factor", DefaultTheta = 1000000, DefaultLocalTheta = 10000, Required = true },
            Mlp = new() { Bias = Choice.Never, ActivationKey = "hidden_activation", DefaultActivation = Activation.GeluTanh },
            LayerInputs = new(),
            LayerScalar = "layer_scalar",
            Multipliers = new() { EmbeddingByRoot = true, LogitSoftcapKey = "final_logit_softcapping" },
            LayerTypesDecide = true,
            Kinds = LayerKinds.EveryNth(6, LayerKinds.Full, LayerKinds.Sliding),
            LastSeesAll = true,
            Fixed =
            [
                new("attention_k_eq_v", "false"), new("enable_moe_block", "false"), new("use_double_wide_mlp", "false"), new("use_bidirectional_attention", "false"),
                new("global_head_dim"), new("num_global_key_value_heads"),
            ],
            DefaultSlidingWindow = 512,
            DefaultTiedEmbeddings = true,
            DefaultHeadDim = 256,
            DefaultContextLength = 131072,
        },
    ];
}
