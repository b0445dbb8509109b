using LayerTool.Faults;

namespace LayerTool.Architectures;

/// <summary>The table of known families. Adding a family is adding a row.</summary>
public static class KnownArchitectures
{
    private static readonly TensorNames LlamaNames = new()
    {
        Embedding = "model.embed_tokens",
        FinalNorm = "model.norm",
        Head = "lm_head",
        LayerPrefix = "model.layers.",
        AttentionNorm = "input_layernorm",
        Query = "self_attn.q_proj",
        Key = "self_attn.k_proj",
        Value = "self_attn.v_proj",
        AttentionOutput = "self_attn.o_proj",
        MlpNorm = "post_attention_layernorm", // in front of the MLP, despite its name
        Gate = "mlp.gate_proj",
        Up = "mlp.up_proj",
        MlpOutput = "mlp.down_proj",
    };

    private static readonly TensorNames QkNormNames = LlamaNames with { QueryNorm = "self_attn.q_norm", KeyNorm = "self_attn.k_norm" };

    /// <summary>All families, in the order in which messages list them.</summary>
    public static IReadOnlyList<ArchitectureSpec> All { get; } =
    [
        new() { ModelType = "llama", DisplayName = "Llama", Names = LlamaNames },
        new()
        {
            ModelType = "mistral",
            DisplayName = "Mistral",
            Names = LlamaNames,
            Biases = BiasRule.None,
            Window = WindowRule.AllLayers,
            DefaultSlidingWindow = 4096,
            DefaultKvHeads = 8,
            DefaultContextLength = 131072,
        },
        new()
        {
            ModelType = "ministral3",
            DisplayName = "Ministral 3",
            Names = LlamaNames,
            Biases = BiasRule.None,
            Window = WindowRule.AllLayers,
            DefaultKvHeads = 8,
            DefaultHeadDim = 128,
            DefaultContextLength = 262144,
            DefaultRmsNormEpsilon = 1e-5,
            DefaultRopeTheta = 1000000,
            RopeRequired = true,
        },
        new()
        {
            ModelType = "qwen2",
            DisplayName = "Qwen 2",
            Names = LlamaNames,
            Biases = BiasRule.QkvAlways,
            Window = WindowRule.ByLayerTypes,
            DefaultSlidingWindow = 4096,
            DefaultKvHeads = 32,
            DefaultContextLength = 32768,
        },
        new()
        {
            ModelType = "qwen3",
            DisplayName = "Qwen 3",
            Names = QkNormNames,
            Biases = BiasRule.AttentionByKey,
            Window = WindowRule.ByLayerTypes,
            DefaultSlidingWindow = 4096,
            QkNorm = true,
            DefaultKvHeads = 32,
            DefaultHeadDim = 128,
            DefaultContextLength = 32768,
        },
    ];

    /// <summary>The family of that <c>model_type</c>, or null.</summary>
    public static ArchitectureSpec? Find(string modelType) => All.FirstOrDefault(spec => spec.ModelType == modelType);

    /// <summary>The family of that <c>model_type</c>.</summary>
    /// <param name="modelType"><c>model_type</c> of config.json.</param>
    /// <param name="file">The config.json it came from, for the message.</param>
    /// <exception cref="LayerToolException">No such row; the message lists the known ones.</exception>
    public static ArchitectureSpec Get(string modelType, string file) =>
        Find(modelType) ?? throw new LayerToolException(
            $"{file}: model_type `{modelType}` is not a family that LayerTool runs; it knows {string.Join(", ", All.Select(spec => $"`{spec.ModelType}`"))}",
            "inspect, diff and edits of whole layers work on it all the same, if its layers are named `….layers.N.…` or `h.N.…`");
}
