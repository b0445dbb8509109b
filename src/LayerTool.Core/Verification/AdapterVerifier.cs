using System.Collections.Immutable;
using LayerTool.Adapters;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Progress;
using LayerTool.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Verification;

/// <summary>
/// Holds an adapter against reference outputs of it: the base alone, the adapter run beside the weights, and the adapter merged
/// into them.
/// </summary>
public static class AdapterVerifier
{
    private const string Base = "logits.base";
    private const string Applied = "logits.adapter";
    private const string Merged = "logits.merged";

    /// <summary>Whether reference outputs are those of an adapter.</summary>
    public static bool Reads(ExpectedOutputs expected) => expected.Has(Applied);

    /// <summary>Verifies.</summary>
    /// <param name="sources">The checkpoint.</param>
    /// <param name="plan">What the adapter makes of it.</param>
    /// <param name="adapters">The adapters that the plan names.</param>
    /// <param name="expected">The reference.</param>
    /// <param name="settings">Device and type; <see cref="ComputeDtype.Auto"/> is the reference's own type.</param>
    /// <param name="progress">Told after each part.</param>
    /// <param name="cancellation">Checked before each part.</param>
    /// <exception cref="LayerToolException">The reference or the checkpoint is at fault.</exception>
    public static ImmutableArray<Finding> Run(
        CheckpointSet sources,
        LayerPlan plan,
        AdapterSet adapters,
        ExpectedOutputs expected,
        ComputeSettings settings,
        IProgress<Step>? progress,
        CancellationToken cancellation)
    {
        ComputeDtype dtype = settings.Dtype == ComputeDtype.Auto ? expected.ComputedIn : settings.Dtype;
        ImmutableArray<Finding>.Builder findings = ImmutableArray.CreateBuilder<Finding>();
        Finding Compare(string name, LayerPlan played, string reference, AdapterMode mode, string? note)
        {
            cancellation.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            using Decoder decoder = Decoder.Open(sources, settings with { Dtype = dtype }, adapters: adapters, adapterMode: mode);
            Tensor logits = decoder.Forward(played, expected.GetRows("ids"));
            Finding finding = TensorComparison.Compare(name, logits, expected.Get(reference), mask: null, Tolerance.For(name, dtype, expected.ModelType));
            return finding with { Note = finding.Note ?? note };
        }

        if (expected.Has(Base))
        {
            findings.Add(Compare(Base, LayerPlan.Identity(sources.Main.Config.LayerCount), Base, AdapterMode.Applied, note: null));
        }

        findings.Add(Compare(Applied, plan, Applied, AdapterMode.Applied, note: null));
        progress?.Report(new Step("verifying", 1, 2, "parts"));

        // PEFT merges all copies of a layer into the one weight that they share.
        bool replicates = adapters.Any(name => adapters.Find(name) is { Folder.RangeCount: > 1 });
        string merged = replicates || !expected.Has(Merged) ? Applied : Merged;
        findings.Add(Compare(Merged, plan, merged, AdapterMode.Merged, merged == Applied ? $"held against `{Applied}`" : null));
        progress?.Report(new Step("verifying", 2, 2, "parts"));
        return findings.ToImmutable();
    }
}
