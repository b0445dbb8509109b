namespace LayerTool.Architectures;

/// <summary>Families with LayerNorm: parallel blocks, learned positions, ALiBi. Rows of <see cref="KnownArchitectures"/>.</summary>
internal static class LayerNormFamilies
{
    internal static readonly AttentionSpec AllBiases = new() { QkvBias = Choice.Always, OutputBias = Choice.Always };

    private static readonly TensorNames BloomNames = new()
    {
        Embedding = "transformer.word_embeddings",
        EmbeddingNorm = "transformer.word_embeddings_layernorm",
        FinalNorm = "transformer.ln_f",
        LayerPrefix = "transformer.h.",
        QueryKeyValue = "self_attention.query_key_value",
        AttentionOutput = "self_attention.dense",
        Up = "mlp.dense_h_to_4h",
        MlpOutput = "mlp.dense_4h_to_h",
    };

    private static readonly ArchitectureSpec Cohere = new()
    {
        ModelType = "cohere",
        DisplayName = "Cohere",
        Keys = new() { HeadDim = null, NormEpsilon = "layer_norm_eps" },
        Block = BlockShape.ParallelOneNorm,
        Norm = NormSpec.LayerWithoutBias,
        Positions = new() { Interleaved = true },
        Mlp = LlamaFamilies.NoMlpBias,
        Multipliers = new() { LogitKey = "logit_scale", DefaultLogit = 0.0625 },
        Variants = [Variant.WhenTrue("use_qk_norm", spec => spec with { Attention = spec.Attention with { QkNorm = new(NormSpec.LayerWithoutBias, QkNormSpan.RowPerHead) } })],
        DefaultTiedEmbeddings = true,
        DefaultContextLength = 8192,
        DefaultNormEpsilon = 1e-5,
    };

    /// <summary>The rows.</summary>
    public static ArchitectureSpec[] Rows { get; } =
    [
        new()
        {
            ModelType = "phi",
            DisplayName = "Phi 1 and 2",
            Keys = new() { NormEpsilon = "layer_norm_eps" },
            Names = new()
            {
                FinalNorm = "model.final_layernorm", AttentionOutput = "self_attn.dense", Up = "mlp.fc1", MlpOutput = "mlp.fc2",
                QueryNorm = "self_attn.q_layernorm", KeyNorm = "self_attn.k_layernorm",
            },
            Block = BlockShape.ParallelOneNorm,
            Norm = NormSpec.Layer,
            Attention = AllBiases,
            Positions = new() { FractionKey = "partial_rotary_factor", DefaultFraction = 0.5 },
            Mlp = new() { Kind = MlpKind.Plain, DefaultActivation = Activation.GeluTanh, Bias = Choice.Always },
            HeadBias = Choice.Always,
            Variants = [Variant.WhenTrue("qk_layernorm", spec => spec with { Attention = spec.Attention with { QkNorm = new(NormSpec.Layer) } })],
            DefaultNormEpsilon = 1e-5,
        },
        new()
        {
            ModelType = "gpt_neox",
            DisplayName = "GPT-NeoX",
            Keys = new() { KvHeads = null, HeadDim = null, NormEpsilon = "layer_norm_eps" },
            Names = new()
            {
                Embedding = "gpt_neox.embed_in", FinalNorm = "gpt_neox.final_layer_norm", Head = "embed_out", LayerPrefix = "gpt_neox.layers.",
                QueryKeyValue = "attention.query_key_value", AttentionOutput = "attention.dense", Up = "mlp.dense_h_to_4h", MlpOutput = "mlp.dense_4h_to_h",
            },
            Block = BlockShape.ParallelTwoNorms,
            Norm = NormSpec.Layer,
            Attention = new() { Layout = QkvLayout.Groups, QkvBias = Choice.By("attention_bias", absent: true), OutputBias = Choice.By("attention_bias", absent: true) },
            Positions = new() { ThetaKey = "rotary_emb_base", FractionKey = "partial_rotary_factor", OldFractionKey = "rotary_pct", DefaultFraction = 0.25 },
            Mlp = new() { Kind = MlpKind.Plain, DefaultActivation = Activation.Gelu, Bias = Choice.Always },
            Variants = [Variant.WhenFalse("use_parallel_residual", spec => spec with { Block = BlockShape.NormBefore })],
            DefaultNormEpsilon = 1e-5,
        },
        new()
        {
            ModelType = "persimmon",
            DisplayName = "Persimmon",
            Keys = new() { KvHeads = null, HeadDim = null, NormEpsilon = "layer_norm_eps" },
            Names = new()
            {
                FinalNorm = "model.final_layernorm", QueryKeyValue = "self_attn.query_key_value", AttentionOutput = "self_attn.dense",
                QueryNorm = "self_attn.q_layernorm", KeyNorm = "self_attn.k_layernorm", Up = "mlp.dense_h_to_4h", MlpOutput = "mlp.dense_4h_to_h",
            },
            Norm = NormSpec.Layer,
            Attention = AllBiases with { Layout = QkvLayout.Groups, QkNorm = new(NormSpec.Layer) },
            Positions = new() { DefaultTheta = 25000, FractionKey = "partial_rotary_factor", DefaultFraction = 0.5 },
            Mlp = new() { Kind = MlpKind.Plain, DefaultActivation = Activation.ReluSquared, Bias = Choice.Always },
            Variants = [Variant.WhenFalse("qk_layernorm", spec => spec with { Attention = spec.Attention with { QkNorm = null } })],
            DefaultContextLength = 16384,
            DefaultNormEpsilon = 1e-5,
        },
        new()
        {
            ModelType = "opt",
            DisplayName = "OPT",
            Keys = new() { KvHeads = null, HeadDim = null, IntermediateSize = "ffn_dim", NormEpsilon = null, EmbeddingSize = "word_embed_proj_dim" },
            Names = new()
            {
                Embedding = "model.decoder.embed_tokens", PositionTable = "model.decoder.embed_positions", EmbeddingProjection = "model.decoder.project_in", HeadProjection = "model.decoder.project_out",
                FinalNorm = "model.decoder.final_layer_norm", LayerPrefix = "model.decoder.layers.", AttentionNorm = "self_attn_layer_norm",
                AttentionOutputNorm = "self_attn_layer_norm", AttentionOutput = "self_attn.out_proj", MlpNorm = "final_layer_norm",
                MlpOutputNorm = "final_layer_norm", Up = "fc1", MlpOutput = "fc2",
            },
            Norm = NormSpec.Layer,
            Attention = new() { QkvBias = Choice.By("enable_bias", absent: true), OutputBias = Choice.By("enable_bias", absent: true) },
            Positions = new() { Rotation = RotationRule.None, Learned = true, TableOffset = 2 },
            Mlp = new() { Kind = MlpKind.Plain, ActivationKey = "activation_function", DefaultActivation = Activation.Relu, Bias = Choice.By("enable_bias", absent: true) },
            Fixed = [new("layer_norm_elementwise_affine", "true")],
            Variants =
            [
                Variant.WhenFalse("do_layer_norm_before", spec => spec with { Block = BlockShape.NormOnStream, HasFinalNorm = false }),
                Variant.WhenTrue("_remove_final_layer_norm", spec => spec with { HasFinalNorm = false }),
            ],
            DefaultTiedEmbeddings = true,
            DefaultNormEpsilon = 1e-5,
        },
        new()
        {
            ModelType = "bloom",
            DisplayName = "BLOOM",
            Keys = new()
            {
                HiddenSize = "hidden_size|n_embed", LayerCount = "n_layer|num_hidden_layers", AttentionHeads = "n_head|num_attention_heads", KvHeads = null, HeadDim = null,
                IntermediateSize = null, IntermediateFactor = 4, ContextLength = "seq_length", NormEpsilon = "layer_norm_epsilon",
            },
            Names = BloomNames,
            Norm = NormSpec.Layer,
            EmbeddingNorm = NormSpec.Layer,
            Attention = AllBiases with { Layout = QkvLayout.Groups, Alibi = AlibiKind.Bloom },
            Positions = new() { Rotation = RotationRule.None },
            Mlp = new() { Kind = MlpKind.Plain, ActivationKey = null, DefaultActivation = Activation.GeluTanh, Bias = Choice.Always },
            AttentionModuleAdds = true,
            MlpModuleAdds = true,
            Fixed = [new("apply_residual_connection_post_layernorm", "false")],
            DefaultTiedEmbeddings = true,
            DefaultNormEpsilon = 1e-5,
        },
        new()
        {
            ModelType = "falcon",
            DisplayName = "Falcon",
            Keys = new() { KvHeads = null, HeadDim = null, IntermediateSize = "ffn_hidden_size", IntermediateFactor = 4, NormEpsilon = "layer_norm_epsilon" },
            Names = BloomNames,
            Block = BlockShape.ParallelOneNorm,
            Norm = NormSpec.Layer,
            Attention = new() { Layout = QkvLayout.Blocks, QkvBias = Choice.By("bias"), OutputBias = Choice.By("bias") },
            Mlp = new() { Kind = MlpKind.Plain, ActivationKey = "activation", DefaultActivation = Activation.Gelu, Bias = Choice.By("bias") },
            Variants =
            [
                Variant.WhenFalse("multi_query", spec => spec with { DefaultKvHeads = null, Attention = spec.Attention with { Layout = QkvLayout.Groups } }),
                Variant.WhenTrue("new_decoder_architecture", spec => spec with
                {
                    Keys = spec.Keys with { KvHeads = "num_kv_heads" },
                    DefaultKvHeads = null,
                    Attention = spec.Attention with { Layout = QkvLayout.Groups },
                    Block = BlockShape.ParallelTwoNorms,
                    Names = spec.Names with { AttentionNorm = "ln_attn", MlpNorm = "ln_mlp" },
                }),
                Variant.WhenNumber("num_ln_in_parallel_attn", 1, spec => spec with { Block = BlockShape.ParallelOneNorm, Names = BloomNames }),
                Variant.WhenFalse("parallel_attn", spec => spec with { Block = BlockShape.NormBefore, Names = BloomNames }),
                Variant.WhenTrue("alibi", spec => spec with
                {
                    Attention = spec.Attention with { Alibi = AlibiKind.Falcon }, Positions = new() { Rotation = RotationRule.None },
                }),
            ],
            DefaultKvHeads = 1,
            DefaultTiedEmbeddings = true,
            DefaultNormEpsilon = 1e-5,
        },
        new()
        {
            ModelType = "stablelm",
            DisplayName = "StableLM",
            Keys = new() { HeadDim = null, NormEpsilon = "layer_norm_eps" },
            Names = new() { QueryNorm = "self_attn.q_layernorm", KeyNorm = "self_attn.k_layernorm" },
            Norm = NormSpec.Layer,
            Attention = new() { QkvBias = Choice.By("use_qkv_bias"), OutputBias = Choice.Never },
            Positions = new() { FractionKey = "partial_rotary_factor", DefaultFraction = 0.25 },
            Mlp = LlamaFamilies.NoMlpBias,
            Variants =
            [
                Variant.WhenTrue("use_parallel_residual", spec => spec with { Block = BlockShape.ParallelOneNorm }),
                Variant.WhenTrue("qk_layernorm", spec => spec with { Attention = spec.Attention with { QkNorm = new(NormSpec.LayerWithoutBias, QkNormSpan.TensorPerHead) } }),
            ],
            DefaultKvHeads = 32,
            DefaultContextLength = 4096,
            DefaultNormEpsilon = 1e-5,
        },
        new()
        {
            ModelType = "starcoder2",
            DisplayName = "StarCoder 2",
            Keys = new() { NormEpsilon = "norm_epsilon" },
            Names = new() { Up = "mlp.c_fc", MlpOutput = "mlp.c_proj" },
            Norm = NormSpec.Layer,
            Attention = new() { QkvBias = Choice.By("use_bias", absent: true), OutputBias = Choice.By("use_bias", absent: true) },
            Mlp = new() { Kind = MlpKind.Plain, DefaultActivation = Activation.GeluTanh, Bias = Choice.By("use_bias", absent: true) },
            Kinds = LayerKinds.AllSliding(),
            DefaultTiedEmbeddings = true,
            DefaultKvHeads = 2,
            DefaultContextLength = 4096,
            DefaultNormEpsilon = 1e-5,
        },
        Cohere,
        Cohere with
        {
            ModelType = "cohere2",
            DisplayName = "Cohere 2",
            Keys = new() { NormEpsilon = "layer_norm_eps" },
            Positions = new() { Rotation = RotationRule.SlidingOnly, Interleaved = true },
            LayerTypesDecide = true,
            Kinds = LayerKinds.EveryNth(4, LayerKinds.Full, LayerKinds.Sliding, "sliding_window_pattern", "_sliding_window_pattern"),
            DefaultSlidingWindow = 4096,
            Variants = [],
        },
        new()
        {
            ModelType = "nemotron",
            DisplayName = "Nemotron",
            Keys = new() { NormEpsilon = "norm_eps" },
            Norm = NormSpec.Layer with { WeightPlusOne = true },
            Positions = new() { FractionKey = "partial_rotary_factor", DefaultFraction = 0.5 },
            Mlp = new() { Kind = MlpKind.Plain, DefaultActivation = Activation.ReluSquared },
            DefaultContextLength = 4096,
            DefaultNormEpsilon = 1e-5,
        },
    ];
}
