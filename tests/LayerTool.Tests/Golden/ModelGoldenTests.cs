using System.Collections.Immutable;
using LayerTool.Checkpoints;
using LayerTool.Tensors;
using LayerTool.Tests.Support;
using LayerTool.Verification;
using TorchSharp;
using Xunit;

namespace LayerTool.Tests.Golden;

[Collection(TorchCollection.Name)]
public sealed class ModelGoldenTests
{
    public static TheoryData<string> Families =>
    [
        "apertus", "arcee", "bloom", "cohere", "cohere2", "deepseek-v2", "deepseek-v3", "ernie4-5", "exaone4", "falcon-7b-like", "falcon-alibi",
        "falcon-new", "gemma", "gemma2", "gemma2-bf16", "gemma3", "gemma4", "gemma4-shared-kv", "glm", "glm4", "glm4-moe", "gpt-bigcode", "gpt-neo",
        "gpt-neox", "gpt-neox-sequential", "gpt-oss", "gpt2", "gpt2-inverse-scale", "gpt2-sharded", "gptj", "granite", "granitemoe", "helium",
        "hunyuan-dense", "lfm2", "llama", "llama-bf16", "llama-bias-tied", "llama-extra-tensors", "llama-fp16-file", "llama-fp32", "llama-headdim",
        "llama-rope-dynamic", "llama-rope-linear", "llama-rope-llama3", "llama-rope-yarn", "llama-sharded", "ministral3", "ministral3-scaled",
        "mistral", "mixtral", "mixtral-bf16", "mpt", "nemotron", "olmo", "olmo2", "olmo3", "olmoe", "opt", "opt-projected", "phi", "phi3",
        "phi3-longrope", "phimoe", "qwen2", "qwen2-moe", "qwen2-window", "qwen3", "qwen3-5", "qwen3-bf16", "qwen3-moe", "qwen3-next", "seed-oss",
        "smollm3", "stablelm", "stablelm-2-parallel", "starcoder2",
    ];

    [Theory]
    [MemberData(nameof(Families))]
    public void Every_tensor_case_and_token_of_the_reference_holds(string name)
    {
        string folder = SharedFiles.Find("golden/models/" + name);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (ExpectedOutputs expected = ExpectedOutputs.Open(Path.Combine(folder, "expected.safetensors")))
        {
            ImmutableArray<Finding> findings = Verifier.Run(
                new CheckpointSet(Checkpoint.Open(folder)), plan: null, expected, new ComputeSettings(Threads: 1), progress: null, CancellationToken.None);

            Assert.Empty(findings.Where(finding => !finding.Holds).Select(finding => finding.ToString()));
            int inputs = expected.Names.Count(tensor => tensor.StartsWith("ids", StringComparison.Ordinal) || tensor.StartsWith("mask", StringComparison.Ordinal));
            Assert.Equal(expected.Names.Count() - inputs, findings.Count(finding => finding.Tolerance is not null));
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}
