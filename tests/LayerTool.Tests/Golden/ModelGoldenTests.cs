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
    public static TheoryData<string> Families => [.. GoldenModels.Families];

    [Theory]
    [MemberData(nameof(Families))]
    public void Every_tensor_case_and_token_of_the_reference_holds(string name)
    {
        string folder = GoldenModels.Folder(name);
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
