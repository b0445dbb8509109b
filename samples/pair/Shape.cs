using System.Text.Json;
using System.Text.Json.Nodes;
using LayerTool.Samples.Pair.Tokens;

namespace LayerTool.Samples.Pair;

/// <summary>The shape of both models: Llama's, twelve layers, 1.3 million parameters.</summary>
internal static class Shape
{
    public const int Layers = 12;
    public const int Hidden = 96;
    public const int Inner = 256;
    public const int Heads = 4;
    public const int KvHeads = 2;
    public const int HeadDim = Hidden / Heads;
    public const int Vocabulary = 1024;
    public const int ContextLength = 256;

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    /// <summary>Writes config.json and generation_config.json.</summary>
    /// <param name="folder">The checkpoint's folder.</param>
    /// <param name="dtype">Type of the weights, as config.json names it.</param>
    public static void WriteConfig(string folder, string dtype)
    {
        JsonObject config = new()
        {
            ["architectures"] = new JsonArray("LlamaForCausalLM"),
            ["model_type"] = "llama",
            ["attention_bias"] = false,
            ["attention_dropout"] = 0.0,
            ["bos_token_id"] = TokenizerFiles.EndOfTextId,
            ["eos_token_id"] = TokenizerFiles.EndOfTextId,
            ["head_dim"] = HeadDim,
            ["hidden_act"] = "silu",
            ["hidden_size"] = Hidden,
            ["initializer_range"] = 0.02,
            ["intermediate_size"] = Inner,
            ["max_position_embeddings"] = ContextLength,
            ["mlp_bias"] = false,
            ["num_attention_heads"] = Heads,
            ["num_hidden_layers"] = Layers,
            ["num_key_value_heads"] = KvHeads,
            ["rms_norm_eps"] = 1e-5,
            ["rope_theta"] = 10000.0,
            ["tie_word_embeddings"] = true,
            ["torch_dtype"] = dtype,
            ["use_cache"] = true,
            ["vocab_size"] = Vocabulary,
        };
        JsonObject generation = new()
        {
            ["bos_token_id"] = TokenizerFiles.EndOfTextId,
            ["eos_token_id"] = TokenizerFiles.EndOfTextId,
            ["pad_token_id"] = TokenizerFiles.EndOfTextId,
        };
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJsonString(Readable));
        File.WriteAllText(Path.Combine(folder, "generation_config.json"), generation.ToJsonString(Readable));
    }
}
