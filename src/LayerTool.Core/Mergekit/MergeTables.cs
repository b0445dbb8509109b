using System.Text.RegularExpressions;
using LayerTool.Checkpoints;

namespace LayerTool.Mergekit;

/// <summary>What mergekit knows of families, as far as the result depends on it.</summary>
internal static partial class MergeTables
{
    /// <summary>
    /// Families that mergekit has a table of names for (0.1.5). Of all others it finds the tensors by looking, knows no "after the
    /// layers", and takes the final norm and the head from the first slice.
    /// </summary>
    private static readonly HashSet<string> Described = new(StringComparer.Ordinal)
    {
        "apertus", "arcee", "baichuan", "chatglm", "cohere", "cohere2", "exaone", "falcon", "gemma", "gemma2", "gemma3", "gemma3_text", "glm4", "glm4_moe",
        "gpt2", "gpt_bigcode", "gpt_neox", "granite", "internlm2", "jais", "lfm2", "llama", "mistral", "mixtral", "olmo2", "phi", "phi3", "qwen", "qwen2",
        "qwen2_5_vl", "qwen2_vl", "qwen3", "qwen3_moe", "solar", "stablelm", "starcoder2",
    };

    /// <summary>Whether norm and head come from the last slice.</summary>
    public static bool TakesEndFromLast(Checkpoint checkpoint) => checkpoint.ModelType is string type && Described.Contains(type);

    /// <summary>The name that filters are held against: experts go by the names of transformers 5, which keeps all of a layer in one tensor.</summary>
    public static string FilterName(string tensor)
    {
        string name = SparseBlock().Replace(tensor, ".mlp.");
        name = ExpertInput().Replace(name, ".mlp.experts.gate_up_proj");
        return ExpertOutput().Replace(name, ".mlp.experts.down_proj");
    }

    [GeneratedRegex(@"\.block_sparse_moe\.")]
    private static partial Regex SparseBlock();

    [GeneratedRegex(@"\.mlp\.experts\.\d+\.(w1|w3|gate_proj|up_proj)\.weight$")]
    private static partial Regex ExpertInput();

    [GeneratedRegex(@"\.mlp\.experts\.\d+\.(w2|down_proj)\.weight$")]
    private static partial Regex ExpertOutput();
}
