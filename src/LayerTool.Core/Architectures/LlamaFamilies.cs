using System.Collections.Immutable;

namespace LayerTool.Architectures;

/// <summary>Families with Llama's frame: rotary positions, mostly RMS norms and gated MLPs. Rows of <see cref="KnownArchitectures"/>.</summary>
internal static class LlamaFamilies
{
    internal static readonly AttentionSpec NoBias = new() { QkvBias = Choice.Never, OutputBias = Choice.Never };

    internal static readonly MlpSpec NoMlpBias = new() { Bias = Choice.Never };

    /// <summary>Names of a block with norms around each half (Gemma 2).</summary>
    internal static readonly TensorNames NamesAround = new() { MlpNorm = "pre_feedforward_layernorm" };

    private static readonly ArchitectureSpec Mistral = new()
    {
        ModelType = "mistral",
        DisplayName = "Mistral",
        Attention = NoBias,
        Mlp = NoMlpBias,
        Kinds = LayerKinds.AllSliding(defaultWindow: 4096),
        DefaultSlidingWindow = 4096,
        DefaultKvHeads = 8,
        DefaultContextLength = 131072,
        TowerSizes = Sizes(32000, 4096, 14336, 32, 32),
    };

    private static readonly ArchitectureSpec Qwen2 = new()
    {
        ModelType = "qwen2",
        DisplayName = "Qwen 2",
        Attention = NoBias with { QkvBias = Choice.Always },
        Mlp = NoMlpBias,
        LayerTypesDecide = true,
        Kinds = LayerKinds.FromMaxWindowLayers(),
        WindowSwitch = "use_sliding_window",
        DefaultSlidingWindow = 4096,
        DefaultKvHeads = 32,
        DefaultContextLength = 32768,
        TowerSizes = Sizes(151936, 4096, 22016, 32, 32),
    };

    private static readonly ArchitectureSpec Gemma = new()
    {
        ModelType = "gemma",
        DisplayName = "Gemma",
        Norm = NormSpec.RmsPlusOne,
        Mlp = new() { Bias = Choice.Never, DefaultActivation = Activation.GeluTanh },
        Multipliers = new() { EmbeddingByRoot = true },
        Fixed = [new("use_bidirectional_attention", "false")],
        DefaultTiedEmbeddings = true,
        DefaultKvHeads = 16,
        DefaultHeadDim = 256,
        DefaultContextLength = 8192,
    };

    private static readonly ArchitectureSpec Gemma2 = Gemma with
    {
        ModelType = "gemma2",
        DisplayName = "Gemma 2",
        Names = NamesAround,
        Block = BlockShape.NormAround,
        Attention = new() { ScaleRootKey = "query_pre_attn_scalar", DefaultScaleRoot = 256, SoftcapKey = "attn_logit_softcapping", DefaultSoftcap = 50 },
        Mlp = new() { Bias = Choice.Never, ActivationKey = "hidden_activation", DefaultActivation = Activation.GeluTanh },
        Multipliers = new() { EmbeddingByRoot = true, LogitSoftcapKey = "final_logit_softcapping", DefaultLogitSoftcap = 30 },
        LayerTypesDecide = true,
        Kinds = LayerKinds.EveryNth(2, LayerKinds.Full, LayerKinds.Sliding),
        DefaultSlidingWindow = 4096,
        DefaultKvHeads = 4,
    };

    private static readonly ArchitectureSpec Olmo2 = new()
    {
        ModelType = "olmo2",
        DisplayName = "OLMo 2",
        Block = BlockShape.NormAfter,
        Attention = new() { QkNorm = new(NormSpec.Rms, QkNormSpan.Projection) },
        Mlp = NoMlpBias,
        DefaultNormEpsilon = 1e-5,
    };

    private static readonly ArchitectureSpec Glm = new()
    {
        ModelType = "glm",
        DisplayName = "GLM",
        Attention = new() { OutputBias = Choice.Never },
        Positions = new() { Interleaved = true, FractionKey = "partial_rotary_factor", DefaultFraction = 0.5 },
        Mlp = NoMlpBias with { Kind = MlpKind.GatedFused },
        DefaultKvHeads = 2,
        DefaultHeadDim = 128,
        DefaultContextLength = 131072,
        DefaultNormEpsilon = 1.5625e-7,
    };

    internal static readonly ArchitectureSpec Granite = new()
    {
        ModelType = "granite",
        DisplayName = "Granite",
        Attention = new() { ScaleKey = "attention_multiplier" },
        Multipliers = new() { EmbeddingKey = "embedding_multiplier", ResidualKey = "residual_multiplier", LogitDivisorKey = "logits_scaling" },
    };

    /// <summary>The rows.</summary>
    public static ArchitectureSpec[] Rows { get; } =
    [
        new() { ModelType = "llama", DisplayName = "Llama", TowerSizes = Sizes(32000, 4096, 11008, 32, 32) },
        Mistral,
        Mistral with
        {
            ModelType = "ministral3",
            DisplayName = "Ministral 3",
            Kinds = LayerKinds.AllSliding(),
            DefaultHeadDim = 128,
            DefaultContextLength = 262144,
            DefaultNormEpsilon = 1e-5,
            Positions = new() { DefaultTheta = 1000000, Required = true },
            TowerSizes = Sizes(131072, 4096, 14336, 34, 32),
            DefaultSlidingWindow = null,
        },
        Qwen2,
        Qwen2 with
        {
            ModelType = "qwen3",
            DisplayName = "Qwen 3",
            Attention = new() { QkNorm = new(NormSpec.Rms) },
            DefaultHeadDim = 128,
        },
        Qwen2 with
        {
            ModelType = "qwen2_5_vl_text",
            FlatModelType = "qwen2_5_vl",
            DisplayName = "Qwen 2.5 VL",
            Positions = new() { Required = true },
            Kinds = LayerKinds.FromMaxWindowLayers(absent: 80),
            DefaultKvHeads = 8,
            DefaultNormEpsilon = 1e-5,
            TowerSizes = Sizes(152064, 8192, 29568, 80, 64),
            InnerTieWins = true,
        },
        new()
        {
            ModelType = "qwen3_vl_text",
            DisplayName = "Qwen 3 VL",
            Attention = new() { QkNorm = new(NormSpec.Rms) },
            Positions = new() { Required = true },
            Mlp = NoMlpBias,
            DefaultKvHeads = 32,
            DefaultHeadDim = 128,
            DefaultContextLength = 128000,
            TowerSizes = Sizes(151936, 4096, 22016, 32, 32),
        },
        new() { ModelType = "nemotron-nas", DisplayName = "DeciLM" },
        new() { ModelType = "deci", DisplayName = "DeciLM 7B" },
        Gemma,
        Gemma2,
        Gemma2 with
        {
            ModelType = "gemma3_text",
            DisplayName = "Gemma 3",
            Attention = new()
            {
                QkNorm = new(NormSpec.RmsPlusOne), ScaleRootKey = "query_pre_attn_scalar", DefaultScaleRoot = 256, SoftcapKey = "attn_logit_softcapping",
            },
            Positions = new() { Rotation = RotationRule.LocalForSliding, DefaultTheta = 1000000, DefaultLocalTheta = 10000 },
            Multipliers = new() { EmbeddingByRoot = true, LogitSoftcapKey = "final_logit_softcapping" },
            Kinds = LayerKinds.EveryNth(6, LayerKinds.Full, LayerKinds.Sliding, "sliding_window_pattern", "_sliding_window_pattern"),
            DefaultContextLength = 131072,
            TowerSizes = Sizes(262208, 2304, 9216, 26, 8),
        },
        new()
        {
            ModelType = "phi3",
            DisplayName = "Phi 3 and 4",
            Attention = NoBias with { Layout = QkvLayout.Blocks },
            Positions = new() { FractionKey = "partial_rotary_factor" },
            Mlp = NoMlpBias with { Kind = MlpKind.GatedFused },
            Kinds = LayerKinds.AllSliding(),
            DefaultContextLength = 4096,
            DefaultNormEpsilon = 1e-5,
        },
        new()
        {
            ModelType = "olmo",
            DisplayName = "OLMo",
            Keys = new() { NormEpsilon = null, HeadDim = null },
            Norm = new() { Kind = NormKind.Layer, HasWeight = false },
            Attention = new() { ClipKey = "clip_qkv" },
            Mlp = NoMlpBias,
            DefaultNormEpsilon = 1e-5,
        },
        Olmo2,
        Olmo2 with
        {
            ModelType = "olmo3",
            DisplayName = "OLMo 3",
            Positions = new() { Rotation = RotationRule.LocalForSliding },
            LayerTypesDecide = true,
            Kinds = LayerKinds.EveryNth(4, LayerKinds.Full, LayerKinds.Sliding),
            DefaultSlidingWindow = 4096,
        },
        new()
        {
            ModelType = "smollm3",
            DisplayName = "SmolLM 3",
            Positions = new() { Rotation = RotationRule.ByNoRopeLayers, DefaultTheta = 2000000 },
            LayerTypesDecide = true,
            Kinds = LayerKinds.WithoutRope,
            WindowSwitch = "use_sliding_window",
            DefaultTiedEmbeddings = true,
            DefaultKvHeads = 4,
            DefaultContextLength = 32768,
        },
        Glm,
        Glm with
        {
            ModelType = "glm4",
            DisplayName = "GLM 4",
            Names = new() { AttentionOutputNorm = "post_self_attn_layernorm", MlpOutputNorm = "post_mlp_layernorm" },
            Block = BlockShape.NormAround,
        },
        Granite,
        new()
        {
            ModelType = "exaone4",
            DisplayName = "EXAONE 4",
            Block = BlockShape.NormAfter,
            Attention = NoBias with { QkNorm = new(NormSpec.Rms) },
            Positions = new() { Rotation = RotationRule.SlidingOnly },
            Mlp = NoMlpBias,
            LayerTypesDecide = true,
            Kinds = LayerKinds.Exaone,
            DefaultSlidingWindow = 4096,
            DefaultKvHeads = 32,
            DefaultNormEpsilon = 1e-5,
        },
        new()
        {
            ModelType = "seed_oss",
            DisplayName = "Seed-OSS",
            Attention = new() { QkvBias = Choice.By("attention_bias", absent: true), OutputBias = Choice.By("attention_out_bias") },
            DefaultKvHeads = 8,
            DefaultHeadDim = 128,
            DefaultContextLength = 524288,
        },
        new()
        {
            ModelType = "hunyuan_v1_dense",
            DisplayName = "Hunyuan",
            Names = new() { QueryNorm = "self_attn.query_layernorm", KeyNorm = "self_attn.key_layernorm" },
            Attention = new() { QkNorm = new(NormSpec.Rms, AfterRotation: true) },
            Positions = new() { AlphaScaling = true },
            Mlp = NoMlpBias,
            DefaultNormEpsilon = 1e-5,
        },
        new()
        {
            ModelType = "ernie4_5",
            DisplayName = "ERNIE 4.5",
            Attention = new() { QkvBias = Choice.By("use_bias"), OutputBias = Choice.By("use_bias") },
            Positions = new() { Interleaved = true, DefaultTheta = 500000 },
            Mlp = new() { Bias = Choice.By("use_bias") },
            DefaultTiedEmbeddings = true,
            DefaultKvHeads = 2,
            DefaultHeadDim = 128,
            DefaultContextLength = 131072,
            DefaultNormEpsilon = 1e-5,
        },
        new()
        {
            ModelType = "arcee",
            DisplayName = "Arcee",
            Mlp = new() { Kind = MlpKind.Plain, DefaultActivation = Activation.ReluSquared },
            DefaultContextLength = 4096,
            DefaultNormEpsilon = 1e-5,
        },
        new()
        {
            ModelType = "apertus",
            DisplayName = "Apertus",
            Names = new() { AttentionNorm = "attention_layernorm", MlpNorm = "feedforward_layernorm" },
            Attention = new() { QkNorm = new(NormSpec.Rms) },
            Positions = new() { DefaultTheta = 12000000, Required = true },
            Mlp = new() { Kind = MlpKind.Plain, DefaultActivation = Activation.XIelu, Bias = Choice.Never },
            DefaultContextLength = 65536,
            DefaultNormEpsilon = 1e-5,
        },
        new()
        {
            ModelType = "helium",
            DisplayName = "Helium",
            Norm = new() { MultipliesInFloat32 = true },
            Attention = new() { OutputBias = Choice.Never },
            Positions = new() { Interleaved = true, DefaultTheta = 100000 },
            DefaultKvHeads = 20,
            DefaultHeadDim = 128,
            DefaultContextLength = 4096,
            DefaultNormEpsilon = 1e-8,
        },
    ];

    internal static ImmutableArray<KeyValuePair<string, int>> Sizes(int vocab, int hidden, int intermediate, int layers, int heads) =>
    [
        new("vocab_size", vocab),
        new("hidden_size", hidden),
        new("intermediate_size", intermediate),
        new("num_hidden_layers", layers),
        new("num_attention_heads", heads),
    ];
}
