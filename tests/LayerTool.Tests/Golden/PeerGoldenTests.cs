using System.Collections.Immutable;
using LayerTool.Checkpoints;
using LayerTool.Tensors;
using LayerTool.Tests.Support;
using LayerTool.Verification;
using Xunit;

namespace LayerTool.Tests.Golden;

/// <summary>Checkpoints of other tools, in which halves of layers are missing or layers differ in width.</summary>
[Collection(TorchCollection.Name)]
public sealed class PeerGoldenTests
{
    public static TheoryData<string> Folders =>
    [
        "llm-drop-int-list", "llm-drop-bool-list", "llm-drop-absent", "llm-drop-null", "llm-drop-blocks", "llm-drop-bools-absent", "llm-drop-gemma2",
        "deci", "deci-rope-llama3", "deci-widths", "anymodel",
    ];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Every_tensor_case_and_token_of_the_reference_holds(string name)
    {
        string folder = SharedFiles.Find("golden/variants/" + name);
        using ExpectedOutputs expected = ExpectedOutputs.Open(Path.Combine(folder, "expected.safetensors"));
        ImmutableArray<Finding> findings = Verifier.Run(
            new CheckpointSet(Checkpoint.Open(folder)), plan: null, expected, new ComputeSettings(Threads: 1), progress: null, CancellationToken.None);

        Assert.Empty(findings.Where(finding => !finding.Holds).Select(finding => finding.ToString()));
        int inputs = expected.Names.Count(tensor => tensor.StartsWith("ids", StringComparison.Ordinal) || tensor.StartsWith("mask", StringComparison.Ordinal));
        Assert.Equal(expected.Names.Count() - inputs, findings.Count(finding => finding.Tolerance is not null));
    }
}
