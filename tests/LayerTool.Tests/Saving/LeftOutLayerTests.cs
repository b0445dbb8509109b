using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Tensors;
using LayerTool.Tests.Golden;
using LayerTool.Tests.Support;
using LayerTool.Verification;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LayerTool.Tests.Saving;

/// <summary>
/// The edit that people make most: a layer left out. The checkpoint that is written gives the reference's logits of that edit, or the
/// edit is refused because config.json has no word for it.
/// </summary>
[Collection(TorchCollection.Name)]
public sealed class LeftOutLayerTests
{
    /// <summary>Families whose layers depend on their place, by the key that says so.</summary>
    private static readonly Dictionary<string, string> Refused = new()
    {
        ["gemma4-shared-kv"] = "num_kv_shared_layers",
        ["gpt2-inverse-scale"] = "scale_attn_by_inverse_layer_idx",
        ["variants/llm-drop-gemma2"] = "layer_types",
    };

    public static TheoryData<string> Families => [.. GoldenModels.Families, .. GoldenModels.Variants];

    [Theory]
    [MemberData(nameof(Families))]
    public void A_layer_left_out_is_written_as_the_reference_runs_it_or_refused(string family)
    {
        CheckpointSet sources = SavedCheckpoint.Golden(family);
        LayerPlan plan = LayerPlan.Identity(sources.Main.Config.LayerCount).Skip([1]);
        if (Refused.TryGetValue(family, out string? key))
        {
            LayerToolException fault = Assert.Throws<LayerToolException>(() => SavePlan(sources, plan));
            Assert.Contains(key, fault.Message);
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        using ExpectedOutputs expected = ExpectedOutputs.Open(Path.Combine(GoldenModels.Folder(family), "expected.safetensors"));
        using SavedCheckpoint saved = new(sources, plan);
        using Decoder decoder = Decoder.Open(new CheckpointSet(saved.Checkpoint), new ComputeSettings(Dtype: expected.ComputedIn, Threads: 1), spellsOutScores: expected.ComputedIn != ComputeDtype.Float32);

        Tensor logits = decoder.Forward(LayerPlan.Identity(decoder.Config.LayerCount), expected.GetRows("ids"));

        Finding finding = TensorComparison.Compare(
            "case.remove-1", logits, expected.Get("case.remove-1"), mask: null, Tolerance.For("case.remove-1", expected.ComputedIn, expected.ModelType));
        Assert.True(finding.Holds, finding.ToString());
        Assert.Empty(TensorCheck.Find(saved.Checkpoint));
        Assert.Equal(sources.Main.Tensors.Count - sources.Main.Layers.InLayer(1).Length, saved.Checkpoint.Tensors.Count);
        Assert.Equal(Keys(sources.Main), Keys(saved.Checkpoint));
    }

    /// <summary>The keys of config.json but for the list of layer types, which the config of a stock checkpoint may have or not.</summary>
    private static IEnumerable<string> Keys(Checkpoint checkpoint) => checkpoint.TextConfig.Select(member => member.Key).Where(key => key != "layer_types").Order(StringComparer.Ordinal);

    private static void SavePlan(CheckpointSet sources, LayerPlan plan) => LayerTool.Saving.SavePlan.Create(sources, plan, cancellation: TestContext.Current.CancellationToken);
}
