using System.Collections.Frozen;

namespace LayerTool.Tokenization.Auto;

/// <summary>Which class transformers' AutoTokenizer (5.24) loads a folder with: by the class that it names, and by its model_type.</summary>
internal static class ClassChoice
{
    private const string FileAsItIs = "TokenizersBackend";

    private static readonly FrozenSet<string> Rebuilding = FrozenSet.Create(
        "LlamaTokenizer", "CodeLlamaTokenizer", "GemmaTokenizer", "Qwen2Tokenizer", "Qwen3_5Tokenizer", "CohereTokenizer", "GPT2Tokenizer", "GPTNeoXTokenizer",
        "CodeGenTokenizer", "T5Tokenizer", "XGLMTokenizer", "OpenAIGPTTokenizer");

    private static readonly FrozenSet<string> MistralGroup = FrozenSet.Create(
        "mistral", "mixtral", "ministral", "ministral3", "mistral3", "mistral_large4", "pixtral", "voxtral", "voxtral_realtime");

    // Model types whose folders are known to name the wrong class.
    private static readonly FrozenSet<string> WronglyNamed = FrozenSet.Create(
        "arctic", "chatlm", "ernie4_5", "ernie4_5_moe", "fuyu", "hyperclovax", "hyperclovax_vlm", "internlm2", "internlm3", "jamba", "llava", "llava_next", "vipllava",
        "minicpm3", "minicpmv", "minimax_m2", "modernbert", "molmo", "molmo2", "nemotron", "openvla", "phi3", "phi3_v", "phimoe", "qwen2", "qwen3_5", "qwen3_5_moe",
        "qwen4_exp", "smolvlm", "siglip2", "step3_vl");

    private static readonly FrozenDictionary<string, string> Registered = new (string Class, string[] Types)[]
    {
        (FileAsItIs, ["granite", "stablelm", "olmo2", "olmo3", "glm", "glm4", "phi3", "phi3_v", "phimoe", "llava", "llava_next", "vipllava", "jamba", "internlm2",
            "internlm3", "nemotron", "ernie4_5", "ernie4_5_moe", "minicpm3", "minimax_m2", "molmo", "arctic"]),
        (FileAsItIs, [.. MistralGroup]),
        ("GemmaTokenizer", ["gemma", "gemma2", "gemma3", "gemma3_text", "gemma3n", "gemma3n_text", "recurrent_gemma", "shieldgemma2", "t5gemma", "diffusion_gemma", "zaya"]),
        ("LlamaTokenizer", ["idefics", "idefics2"]),
        ("Qwen2Tokenizer", ["qwen2", "qwen2_moe", "qwen2_vl", "qwen2_5_vl", "qwen3", "qwen3_moe", "qwen3_next", "qwen3_vl", "qwen3_vl_moe"]),
        ("Qwen3_5Tokenizer", ["qwen3_5", "qwen3_5_moe", "qwen3_5_text"]),
        ("CohereTokenizer", ["cohere", "cohere2"]),
        ("GPT2Tokenizer", ["gpt2", "phi", "opt", "starcoder2", "codegen"]),
        ("GPTNeoXTokenizer", ["gpt_neox", "mpt", "olmo", "mamba"]),
    }.SelectMany(entry => entry.Types.Select(type => (Type: type, entry.Class))).ToFrozenDictionary(pair => pair.Type, pair => pair.Class);

    /// <summary>How the folder is read.</summary>
    /// <param name="named">The class that it names, or null.</param>
    /// <param name="modelType">model_type of its config.json, or null.</param>
    /// <param name="mentionsByteLevel">Whether tokenizer.json holds the string <c>"ByteLevel"</c> anywhere.</param>
    public static RebuiltClass Choose(string? named, string? modelType, bool mentionsByteLevel)
    {
        string? own = named is not null && named.EndsWith("Fast", StringComparison.Ordinal) ? named[..^4] : named;
        bool wrongly = modelType is not null && WronglyNamed.Contains(modelType);
        if (own == "LlamaTokenizer" && mentionsByteLevel && !wrongly && !(modelType is not null && MistralGroup.Contains(modelType)))
        {
            return RebuiltClass.None;
        }

        string? registered = modelType is null ? null : Registered.GetValueOrDefault(modelType);
        if (registered is null || own is null || registered == own)
        {
            return KindOf(own ?? registered);
        }

        if (!Rebuilding.Contains(registered))
        {
            return RebuiltClass.None;
        }

        return Rebuilding.Contains(own) ? KindOf(wrongly ? registered : own) : RebuiltClass.None;
    }

    private static RebuiltClass KindOf(string? name) => name switch
    {
        "LlamaTokenizer" or "CodeLlamaTokenizer" => RebuiltClass.Llama,
        "GemmaTokenizer" => RebuiltClass.Gemma,
        not null when Rebuilding.Contains(name) => RebuiltClass.Other,
        _ => RebuiltClass.None,
    };
}
