using System.Collections.Immutable;
using System.Text.Json;
using LayerTool.Adapters;
using LayerTool.Checkpoints;
using LayerTool.Plans;
using LayerTool.Tensors;
using LayerTool.Tests.Support;
using LayerTool.Verification;
using TorchSharp;
using Xunit;

namespace LayerTool.Tests.Golden;

/// <summary>Every adapter that PEFT made, run beside the weights and merged into them, against what PEFT computed.</summary>
[Collection(TorchCollection.Name)]
public sealed class AdapterGoldenTests
{
    public static TheoryData<string> Folders =>
    [
        "dora", "lora-all-linear", "lora-bias", "lora-embedding", "lora-exclude", "lora-gemma3", "lora-gpt2", "lora-layers", "lora-modules-to-save",
        "lora-patterns", "lora-phi3-fused", "lora-qv", "lora-qwen3", "lora-regex", "lora-replication", "lora-rslora",
    ];

    [Theory]
    [MemberData(nameof(Folders))]
    public void An_adapter_gives_what_it_gives_in_peft_applied_and_merged(string name)
    {
        long live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        string folder = SharedFiles.Find($"golden/peft/{name}");
        Checkpoint model = Checkpoint.Open(SharedFiles.Find("golden/models/" + BaseOf(folder)));
        AdapterSet adapters = [];
        adapters.AddWhole("lora", PeftFolder.Open(folder));
        LayerPlan plan = adapters.Place(LayerPlan.Identity(model.Layers.Count), "lora", model);
        using (ExpectedOutputs expected = ExpectedOutputs.Open(Path.Combine(folder, "expected.safetensors")))
        {
            ImmutableArray<Finding> findings = AdapterVerifier.Run(
                new CheckpointSet(model), plan, adapters, expected, new ComputeSettings(Threads: 1), progress: null, TestContext.Current.CancellationToken);

            Assert.Equal(["logits.base", "logits.adapter", "logits.merged"], findings.Select(finding => finding.Name));
            Assert.All(findings, finding => Assert.True(finding.Holds, $"{finding.Name}: {finding.Largest}, {finding.Note}"));
        }

        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    /// <summary>The golden model that an adapter is for.</summary>
    internal static string BaseOf(string folder)
    {
        using JsonDocument about = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected.json")));
        return about.RootElement.GetProperty("base").GetString()!;
    }
}
