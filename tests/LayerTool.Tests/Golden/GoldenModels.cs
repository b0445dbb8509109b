using LayerTool.Tests.Support;

namespace LayerTool.Tests.Golden;

/// <summary>The reference checkpoints: those of shared/golden, and those in folders beside this file.</summary>
internal static class GoldenModels
{
    private static readonly string Beside = Path.Combine(SharedFiles.Repository, "tests", "LayerTool.Tests", "Golden");

    /// <summary>Names of plain decoders.</summary>
    public static IReadOnlyList<string> Families { get; } =
    [
        "apertus", "arcee", "bloom", "cohere", "cohere2", "deepseek-v2", "deepseek-v3", "ernie4-5", "exaone4", "falcon-7b-like", "falcon-alibi",
        "falcon-new", "gemma", "gemma2", "gemma2-bf16", "gemma3", "gemma4", "gemma4-shared-kv", "glm", "glm4", "glm4-moe", "gpt-bigcode", "gpt-neo",
        "gpt-neox", "gpt-neox-sequential", "gpt-oss", "gpt2", "gpt2-inverse-scale", "gpt2-sharded", "gptj", "granite", "granitemoe", "helium",
        "hunyuan-dense", "lfm2", "llama", "llama-bf16", "llama-bias-tied", "llama-extra-tensors", "llama-fp16-file", "llama-fp32", "llama-headdim",
        "llama-rope-dynamic", "llama-rope-linear", "llama-rope-llama3", "llama-rope-yarn", "llama-sharded", "ministral3", "ministral3-scaled",
        "mistral", "mixtral", "mixtral-bf16", "mpt", "nemotron", "olmo", "olmo2", "olmo3", "olmoe", "opt", "opt-projected", "phi", "phi3",
        "phi3-longrope", "phimoe", "qwen2", "qwen2-moe", "qwen2-window", "qwen3", "qwen3-5", "qwen3-bf16", "qwen3-moe", "qwen3-next", "seed-oss",
        "smollm3", "stablelm", "stablelm-2-parallel", "starcoder2",
        .. Directory.EnumerateDirectories(Beside).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal),
    ];

    /// <summary>Names of text towers in multimodal checkpoints, and of checkpoints of other tools.</summary>
    public static IReadOnlyList<string> Variants { get; } =
    [
        "variants/gemma3-conditional", "variants/llama4-conditional", "variants/llava-llama", "variants/mistral3-ministral3", "variants/mistral3-mistral",
        "variants/qwen2-5-vl", "variants/qwen3-5-conditional", "variants/qwen3-vl", "variants/anymodel", "variants/deci", "variants/deci-rope-llama3",
        "variants/deci-widths", "variants/llm-drop-absent", "variants/llm-drop-blocks", "variants/llm-drop-bool-list", "variants/llm-drop-bools-absent",
        "variants/llm-drop-gemma2", "variants/llm-drop-int-list", "variants/llm-drop-null",
    ];

    /// <summary>The folder of one; skips or fails where it is missing.</summary>
    public static string Folder(string name) =>
        name.StartsWith("variants/", StringComparison.Ordinal) ? SharedFiles.Find("golden/" + name)
        : Path.Combine(Beside, name) is string beside && Directory.Exists(beside) ? beside
        : SharedFiles.Find("golden/models/" + name);
}
