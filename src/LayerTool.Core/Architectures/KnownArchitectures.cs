using System.Collections.Immutable;
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
        new() { ModelType = "llama", DisplayName = "Llama", Names = LlamaNames, TowerSizes = Sizes(32000, 4096, 11008, 32, 32) },
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
            TowerSizes = Sizes(32000, 4096, 14336, 32, 32),
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
            TowerSizes = Sizes(131072, 4096, 14336, 34, 32),
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
            TowerSizes = Sizes(151936, 4096, 22016, 32, 32),
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
            TowerSizes = Sizes(151936, 4096, 22016, 32, 32),
        },
        new()
        {
            ModelType = "qwen2_5_vl_text",
            FlatModelType = "qwen2_5_vl",
            DisplayName = "Qwen 2.5 VL",
            Names = LlamaNames,
            Biases = BiasRule.QkvAlways,
            Window = WindowRule.ByLayerTypes,
            DefaultSlidingWindow = 4096,
            DefaultMaxWindowLayers = 80,
            DefaultKvHeads = 8,
            DefaultContextLength = 32768,
            DefaultRmsNormEpsilon = 1e-5,
            RopeRequired = true,
            TowerSizes = Sizes(152064, 8192, 29568, 80, 64),
            InnerTieWins = true,
        },
        new()
        {
            ModelType = "qwen3_vl_text",
            DisplayName = "Qwen 3 VL",
            Names = QkNormNames,
            Biases = BiasRule.AttentionByKey,
            QkNorm = true,
            DefaultKvHeads = 32,
            DefaultHeadDim = 128,
            DefaultContextLength = 128000,
            RopeRequired = true,
            TowerSizes = Sizes(151936, 4096, 22016, 32, 32),
        },
        new() { ModelType = "nemotron-nas", DisplayName = "DeciLM", Names = LlamaNames },
        new() { ModelType = "deci", DisplayName = "DeciLM 7B", Names = LlamaNames },
    ];

    /// <summary>The family of that <c>model_type</c>, or null.</summary>
    public static ArchitectureSpec? Find(string modelType) => All.FirstOrDefault(spec => spec.ModelType == modelType || spec.FlatModelType == modelType);

    /// <summary>The family of that <c>model_type</c>.</summary>
    /// <param name="modelType"><c>model_type</c> of config.json.</param>
    /// <param name="file">The config.json it came from, for the message.</param>
    /// <param name="inTower">Whether it is that of the text tower of a multimodal checkpoint.</param>
    /// <exception cref="LayerToolException">No such row; the message lists the known ones.</exception>
    public static ArchitectureSpec Get(string modelType, string file, bool inTower = false) =>
        Find(modelType) ?? throw new LayerToolException(
            $"{file}: {(inTower ? "the text tower's model_type" : "model_type")} `{modelType}` is not a family that LayerTool runs; it knows {string.Join(", ", All.Select(spec => $"`{spec.ModelType}`"))}",
            "inspect, diff and edits of whole layers work on it all the same, if its layers are named `….layers.N.…` or `h.N.…`");

    private static ImmutableArray<KeyValuePair<string, int>> Sizes(int vocab, int hidden, int intermediate, int layers, int heads) =>
    [
        new("vocab_size", vocab),
        new("hidden_size", hidden),
        new("intermediate_size", intermediate),
        new("num_hidden_layers", layers),
        new("num_attention_heads", heads),
    ];
}
