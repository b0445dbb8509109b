using System.Collections.Immutable;
using LayerTool.Checkpoints;
using LayerTool.Tensors;
using LayerTool.Tests.Support;
using LayerTool.Verification;
using TorchSharp;
using Xunit;

namespace LayerTool.Tests.Golden;

/// <summary>The references of two families on a graphics card; skipped where libtorch sees none.</summary>
[Collection(TorchCollection.Name)]
public sealed class CudaGoldenTests
{
    [Theory]
    [InlineData("llama")]
    [InlineData("qwen3")]
    public void Every_tensor_case_and_token_of_the_reference_holds_on_cuda(string name)
    {
        TorchHost.Start(new ComputeSettings(Threads: 1));
        Assert.SkipUnless(torch.cuda.is_available(), "libtorch sees no CUDA device here");
        string folder = SharedFiles.Find("golden/models/" + name);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (ExpectedOutputs expected = ExpectedOutputs.Open(Path.Combine(folder, "expected.safetensors")))
        {
            ImmutableArray<Finding> findings = Verifier.Run(
                new CheckpointSet(Checkpoint.Open(folder)), plan: null, expected, new ComputeSettings(Device: "cuda", Threads: 1), progress: null, CancellationToken.None);

            Assert.NotEmpty(findings);
            Assert.Empty(findings.Where(finding => !finding.Holds).Select(finding => finding.ToString()));
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}
