using System.Globalization;
using LayerTool.Architectures;

namespace LayerTool.Saving;

/// <summary>What makes a config.json one of DeciLM's (Nemotron-NAS).</summary>
internal static class DeciModel
{
    /// <summary>Its <c>model_type</c>.</summary>
    public const string ModelType = "nemotron-nas";

    /// <summary>Its class.</summary>
    public const string Architecture = "DeciLMForCausalLM";

    /// <summary><c>model_type</c> of the stock model with layers of that kind.</summary>
    public const string StockModelType = "llama";

    /// <summary>Class of the stock model.</summary>
    public const string StockArchitecture = "LlamaForCausalLM";

    /// <summary>The remote code that transformers and vLLM need, by what it is.</summary>
    public const string RemoteCode = """{"AutoConfig": "configuration_decilm.DeciLMConfig", "AutoModelForCausalLM": "modeling_decilm.DeciLMForCausalLM"}""";

    /// <summary>
    /// The entry of <c>block_configs</c> for a layer. All readers find the widths by the same two numbers: query heads by KV head,
    /// and 3 / 2 of the MLP's width by the hidden size, which they round up to a multiple of 256 after multiplying.
    /// </summary>
    /// <param name="config">The layer's settled config.</param>
    /// <param name="layer">The layer.</param>
    public static string Block(ModelConfig config, LayerConfig layer)
    {
        string group = layer.HasAttention ? (config.AttentionHeads / layer.KvHeads).ToString(CultureInfo.InvariantCulture) : "null";
        string multiplier = layer.HasMlp ? Spelled(3.0 * layer.IntermediateSize / (2.0 * config.HiddenSize)) : "null";
        return $$$"""{"attention": {"n_heads_in_group": {{{group}}}, "no_op": {{{No(layer.HasAttention)}}}, "replace_with_linear": false}, "ffn": {"ffn_mult": {{{multiplier}}}, "no_op": {{{No(layer.HasMlp)}}}, "replace_with_linear": false}}""";
    }

    /// <summary>Shortest digits that read back equal, with a decimal point: one reader asserts a float.</summary>
    private static string Spelled(double number)
    {
        string digits = number.ToString("R", CultureInfo.InvariantCulture);
        return digits.AsSpan().ContainsAny('.', 'E') ? digits : digits + ".0";
    }

    private static string No(bool there) => there ? "false" : "true";
}
