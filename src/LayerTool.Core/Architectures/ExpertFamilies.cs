namespace LayerTool.Architectures;

/// <summary>Mixtures of experts. Rows of <see cref="KnownArchitectures"/>.</summary>
internal static class ExpertFamilies
{
    private static readonly ExpertsSpec MixtralExperts = new()
    {
        IntermediateKey = "intermediate_size",
        Routing = RoutingRule.SoftmaxThenTop,
        Normalized = Choice.Always,
        Router = "block_sparse_moe.gate",
        Prefix = "block_sparse_moe.experts.",
        Gate = "w1",
        Up = "w3",
        Down = "w2",
    };

    internal static readonly ExpertsSpec QwenExperts = new() { Layers = ExpertLayers.SparseStep, Routing = RoutingRule.SoftmaxThenTop };

    private static readonly ExpertsSpec DeepSeekExperts = new()
    {
        CountKeys = ["n_routed_experts", "num_experts"],
        Layers = ExpertLayers.AfterFirstDense,
        Routing = RoutingRule.SigmoidInGroups,
        Normalized = Choice.By("norm_topk_prob", absent: true),
        ScaleKey = "routed_scaling_factor",
        Correction = "mlp.gate.e_score_correction_bias",
        Shared = "mlp.shared_experts",
        SharedCountKey = "n_shared_experts",
    };

    private static readonly ArchitectureSpec DeepSeekV3 = new()
    {
        ModelType = "deepseek_v3",
        DisplayName = "DeepSeek-V3",
        Attention = new() { Latent = new() },
        Positions = new() { Interleaved = true, ScoresScaledByYarn = true },
        Mlp = LlamaFamilies.NoMlpBias,
        Experts = DeepSeekExperts,
        Variants = [Variant.WhenFalse("rope_interleave", spec => spec with { Positions = spec.Positions with { Interleaved = false } })],
        DefaultContextLength = 4096,
    };

    /// <summary>The rows.</summary>
    public static ArchitectureSpec[] Rows { get; } =
    [
        new()
        {
            ModelType = "mixtral",
            DisplayName = "Mixtral",
            Attention = LlamaFamilies.NoBias,
            Positions = new() { DefaultTheta = 1000000 },
            Experts = MixtralExperts,
            Kinds = LayerKinds.AllSliding(),
            DefaultKvHeads = 8,
            DefaultContextLength = 131072,
            DefaultNormEpsilon = 1e-5,
        },
        new()
        {
            ModelType = "qwen2_moe",
            DisplayName = "Qwen 2 MoE",
            Attention = new() { QkvBias = Choice.By("qkv_bias", absent: true), OutputBias = Choice.Never },
            Mlp = LlamaFamilies.NoMlpBias,
            Experts = QwenExperts with { Shared = "mlp.shared_expert", SharedIntermediateKey = "shared_expert_intermediate_size", SharedGate = "mlp.shared_expert_gate" },
            LayerTypesDecide = true,
            Kinds = LayerKinds.FromMaxWindowLayers(),
            WindowSwitch = "use_sliding_window",
            DefaultSlidingWindow = 4096,
            DefaultKvHeads = 16,
            DefaultContextLength = 32768,
        },
        new()
        {
            ModelType = "qwen3_moe",
            DisplayName = "Qwen 3 MoE",
            Attention = new() { QkNorm = new(NormSpec.Rms) },
            Mlp = LlamaFamilies.NoMlpBias,
            Experts = QwenExperts,
            Kinds = LayerKinds.AllSlidingWhereUsed,
            WindowSwitch = "use_sliding_window",
            DefaultSlidingWindow = 4096,
            DefaultKvHeads = 4,
            DefaultContextLength = 32768,
        },
        new()
        {
            ModelType = "olmoe",
            DisplayName = "OLMoE",
            Keys = new() { HeadDim = null },
            Attention = new() { QkNorm = new(NormSpec.Rms, QkNormSpan.Projection), ClipKey = "clip_qkv" },
            Experts = new() { IntermediateKey = "intermediate_size", Routing = RoutingRule.SoftmaxThenTop },
            DefaultContextLength = 4096,
            DefaultNormEpsilon = 1e-5,
        },
        new()
        {
            ModelType = "phimoe",
            DisplayName = "Phi MoE",
            Norm = NormSpec.Layer,
            Positions = new() { DefaultTheta = 1000000 },
            Experts = MixtralExperts with { Routing = RoutingRule.SparseMixer, Normalized = Choice.Never },
            HeadBias = Choice.By("lm_head_bias"),
            Kinds = LayerKinds.AllSliding(),
            DefaultKvHeads = 8,
            DefaultContextLength = 131072,
            DefaultNormEpsilon = 1e-5,
        },
        LlamaFamilies.Granite with
        {
            ModelType = "granitemoe",
            DisplayName = "Granite MoE",
            Experts = new()
            {
                IntermediateKey = "intermediate_size",
                Routing = RoutingRule.TopThenSoftmax,
                Router = "block_sparse_moe.router.layer",
                Layout = ExpertLayout.Stacked,
                StackedGateUp = "block_sparse_moe.input_linear.weight",
                StackedDown = "block_sparse_moe.output_linear.weight",
            },
        },
        new()
        {
            ModelType = "glm4_moe",
            DisplayName = "GLM 4 MoE",
            Attention = new() { OutputBias = Choice.Never },
            Positions = new() { FractionKey = "partial_rotary_factor", DefaultFraction = 0.5 },
            Mlp = LlamaFamilies.NoMlpBias,
            Experts = DeepSeekExperts,
            Variants = [Variant.WhenTrue("use_qk_norm", spec => spec with { Attention = spec.Attention with { QkNorm = new(NormSpec.Rms) } })],
            DefaultKvHeads = 8,
            DefaultHeadDim = 128,
            DefaultContextLength = 131072,
            DefaultNormEpsilon = 1e-5,
        },
        new()
        {
            ModelType = "gpt_oss",
            DisplayName = "gpt-oss",
            Attention = new() { QkvBias = Choice.By("attention_bias", absent: true), OutputBias = Choice.By("attention_bias", absent: true), Sinks = true },
            Positions = new() { DefaultTheta = 150000, Required = true },
            Experts = new()
            {
                IntermediateKey = "intermediate_size",
                Routing = RoutingRule.TopThenSoftmax,
                Router = "mlp.router",
                RouterBias = true,
                Layout = ExpertLayout.StackedInterleaved,
                StackedGateUp = "mlp.experts.gate_up_proj",
                StackedDown = "mlp.experts.down_proj",
            },
            LayerTypesDecide = true,
            Kinds = LayerKinds.EveryNth(2, LayerKinds.Full, LayerKinds.Sliding),
            DefaultSlidingWindow = 128,
            DefaultKvHeads = 8,
            DefaultHeadDim = 64,
            DefaultContextLength = 131072,
            DefaultNormEpsilon = 1e-5,
        },
        new()
        {
            ModelType = "llama4_text",
            DisplayName = "Llama 4",
            Keys = new() { IntermediateSize = "intermediate_size_mlp" },
            Names = new() { Gate = "feed_forward.gate_proj", Up = "feed_forward.up_proj", MlpOutput = "feed_forward.down_proj" },
            Positions = new() { Rotation = RotationRule.ByNoRopeLayers, Interleaved = true, DefaultTheta = 500000, ScalesUnrotatedQueries = true },
            Mlp = LlamaFamilies.NoMlpBias,
            Experts = new()
            {
                IntermediateKey = "intermediate_size",
                Layers = ExpertLayers.Listed,
                Routing = RoutingRule.TopThenSigmoid,
                Normalized = Choice.Never,
                WeighsInput = true,
                Router = "feed_forward.router",
                Layout = ExpertLayout.StackedTransposed,
                StackedGateUp = "feed_forward.experts.gate_up_proj",
                StackedDown = "feed_forward.experts.down_proj",
                Shared = "feed_forward.shared_expert",
                SharedIntermediateKey = "intermediate_size",
            },
            LayerTypesDecide = true,
            Kinds = LayerKinds.ChunkedWithRope,
            ChunkKey = "attention_chunk_size",
            DefaultChunkSize = 8192,
            Variants =
            [
                Variant.WhenTrue("use_qk_norm", absent: true, change: spec => spec with
                {
                    Attention = spec.Attention with { QkNorm = new(new() { HasWeight = false }, AfterRotation: true) { RotatedOnly = true } },
                }),
            ],
            DefaultKvHeads = 8,
            DefaultHeadDim = 128,
            DefaultContextLength = 131072,
            DefaultNormEpsilon = 1e-5,
            TowerSizes = [.. LlamaFamilies.Sizes(202048, 5120, 8192, 48, 40), new("intermediate_size_mlp", 16384), new("num_local_experts", 16), new("num_experts_per_tok", 1)],
        },
        DeepSeekV3 with
        {
            ModelType = "deepseek_v2",
            DisplayName = "DeepSeek-V2",
            Experts = DeepSeekExperts with { Routing = RoutingRule.SoftmaxInGroups, Normalized = Choice.Never, Correction = null },
            Fixed = [new("mlp_bias", "false")],
            Variants = [],
            DefaultContextLength = 2048,
        },
        DeepSeekV3,
    ];
}
