using System.Collections.Immutable;
using LayerTool.Checkpoints;
using LayerTool.Tensors;
using LayerTool.Tests.Support;
using LayerTool.Verification;
using TorchSharp;
using Xunit;

namespace LayerTool.Tests.Golden;

/// <summary>The references of some families on graphics cards; skipped where libtorch sees none, or too few.</summary>
[Collection(TorchCollection.Name)]
public sealed class CudaGoldenTests
{
    private static readonly ComputeSettings Single = new(Threads: 1);

    public static TheoryData<string> Families => ["llama", "qwen3", "gpt2", "gemma4-shared-kv", "mixtral", "qwen3-next"];

    [Theory]
    [MemberData(nameof(Families))]
    public void Every_tensor_case_and_token_of_the_reference_holds_on_cuda(string name) => AssertReferenceHolds(name, Single with { Device = "cuda" }, devices: 1);

    [Theory]
    [MemberData(nameof(Families))]
    public void It_holds_with_one_slot_of_weights_at_a_time(string name) =>
        AssertReferenceHolds(name, Single with { Device = "cuda", Offload = true }, devices: 1);

    [Theory]
    [MemberData(nameof(Families))]
    public void It_holds_with_layers_on_the_card_and_on_the_processor(string name) => AssertReferenceHolds(name, Single with { Device = "cuda,cpu" }, devices: 1);

    [Theory]
    [MemberData(nameof(Families))]
    public void It_holds_with_layers_on_two_cards(string name) => AssertReferenceHolds(name, Single with { Device = "cuda:0,cuda:1" }, devices: 2);

    [Theory]
    [MemberData(nameof(Families))]
    public void It_holds_on_the_devices_that_are_chosen_by_themselves(string name) =>
        AssertReferenceHolds(name, Single with { Device = DeviceNames.Auto }, devices: 1);

    private static void AssertReferenceHolds(string name, ComputeSettings settings, int devices)
    {
        TorchHost.Start(Single);
        int seen = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        Assert.SkipUnless(seen >= devices, $"libtorch sees {seen} CUDA device(s) here");
        string folder = SharedFiles.Find("golden/models/" + name);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (ExpectedOutputs expected = ExpectedOutputs.Open(Path.Combine(folder, "expected.safetensors")))
        {
            ImmutableArray<Finding> findings = Verifier.Run(
                new CheckpointSet(Checkpoint.Open(folder)), plan: null, expected, settings, progress: null, CancellationToken.None);

            Assert.NotEmpty(findings);
            Assert.Empty(findings.Where(finding => !finding.Holds).Select(finding => finding.ToString()));
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}
