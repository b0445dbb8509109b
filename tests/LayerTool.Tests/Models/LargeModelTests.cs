using System.Collections.Immutable;
using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Tensors;
using LayerTool.Tests.Support;
using LayerTool.Verification;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LayerTool.Tests.Models;

/// <summary>Models larger than the memory, or than one device: weights held one slot at a time, and layers spread over devices.</summary>
[Collection(TorchCollection.Name)]
public sealed class LargeModelTests : IDisposable
{
    private const string Limit = "LAYERTOOL_MEMORY_LIMIT";

    // Stored in bfloat16, five layers of 33 kB in float32, two tables of 9 kB.
    private static readonly string Llama = SharedFiles.Find("golden/models/llama");

    private static readonly ComputeSettings Single = new(Dtype: ComputeDtype.Float32, Threads: 1);

    private static Tensor Ids => tensor(new long[] { 3, 17, 5, 60, 2, 9, 41, 33, 8, 8, 21, 64 }, [1, 12]);

    public void Dispose() => Environment.SetEnvironmentVariable(Limit, null);

    /// <summary>What slots share is of many kinds: caches, states, keys and values of other layers, inputs by layer, tables, tied heads.</summary>
    public static TheoryData<string> Families =>
    [
        "llama", "gpt2", "opt-projected", "bloom", "cohere2", "gemma4", "gemma4-shared-kv", "mixtral", "deepseek-v3", "qwen3-next", "lfm2", "apertus",
    ];

    [Theory]
    [MemberData(nameof(Families))]
    public void The_reference_holds_with_one_slot_of_weights_at_a_time(string family) => AssertReferenceHolds(family, Single with { Offload = true });

    [Theory]
    [MemberData(nameof(Families))]
    public void The_reference_holds_with_layers_on_several_devices(string family) => AssertReferenceHolds(family, Single with { Device = "cpu,cpu,cpu" });

    [Theory]
    [InlineData("0-4")]
    [InlineData("none")]
    [InlineData("0,(1-2)x3,4-3")]
    [InlineData("0.attn,[1|2.mlp],3*0.5")]
    public void Offloaded_logits_are_the_same_to_the_bit(string text)
    {
        using DisposeScope scope = NewDisposeScope();
        using Decoder whole = Open(Single);
        using Decoder offloaded = Open(Single with { Offload = true });
        LayerPlan plan = PlanNotation.Parse(text);
        using KvCache cache = new();

        Tensor expected = whole.Forward(plan, Ids);

        Assert.True(expected.equal(offloaded.Forward(plan, Ids)).all().item<bool>());
        Assert.True(expected.equal(offloaded.Forward(plan, Ids, cache: cache)).all().item<bool>());
    }

    [Fact]
    public void A_limit_that_refuses_the_whole_model_lets_it_run_slot_by_slot()
    {
        using DisposeScope scope = NewDisposeScope();
        using Decoder unlimited = Open(Single);
        Tensor expected = unlimited.Forward(LayerPlan.Identity(5), Ids);
        Environment.SetEnvironmentVariable(Limit, "100000");
        using Decoder whole = Open(Single);
        using Decoder offloaded = Open(Single with { Offload = true });
        HeldBytes held = new(offloaded);

        LayerToolException fault = Assert.Throws<LayerToolException>(() => whole.Forward(LayerPlan.Identity(5), Ids));
        Tensor logits = offloaded.Forward(LayerPlan.Identity(5), Ids, observer: held);

        Assert.Matches("^the run needs [0-9.]+ kB of memory .* 100.0 kB are available$", fault.Message);
        Assert.StartsWith("`--offload` holds the weights of one slot at a time and needs ", fault.Hint, StringComparison.Ordinal);
        Assert.True(expected.equal(logits).all().item<bool>());
        long layer = ExpectedTensors.InLayer(offloaded.Config, 0).Sum(tensor => 4 * tensor.Shape.Aggregate(1L, (product, size) => product * size));
        Assert.Equal(layer, held.Most);
    }

    [Fact]
    public void What_not_even_one_slot_has_room_for_is_refused_without_that_way_out()
    {
        using DisposeScope scope = NewDisposeScope();
        Environment.SetEnvironmentVariable(Limit, "20000");
        using Decoder whole = Open(Single);
        using Decoder offloaded = Open(Single with { Offload = true });

        LayerToolException ofWhole = Assert.Throws<LayerToolException>(() => whole.Forward(LayerPlan.Identity(5), Ids));
        LayerToolException ofSlot = Assert.Throws<LayerToolException>(() => offloaded.Forward(LayerPlan.Identity(5), Ids));

        Assert.StartsWith("take a smaller batch", ofWhole.Hint, StringComparison.Ordinal);
        Assert.StartsWith("take a smaller batch", ofSlot.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_are_trained_are_not_offloaded()
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(() => Decoder.Open(Sources(Llama), Single with { Offload = true }, gradients: true));

        Assert.Equal("weights that are trained cannot be offloaded: their changes would be lost", fault.Message);
    }

    [Fact]
    public void Layers_of_one_depth_are_on_one_device_and_the_ends_on_the_first()
    {
        TorchHost.Start(Single);
        Device[] devices = [device(DeviceType.CPU), device(DeviceType.CPU)];

        LayerDevices places = LayerDevices.Spread([.. devices], [10, 10, 10, 10, 10, 10], ends: 20, fewest: false);

        Assert.Same(devices[0], places.First);
        Assert.Same(devices[0], places.Of(null));
        Assert.Equal([0, 0, 1, 1, 1, 1], Enumerable.Range(0, 6).Select(layer => Array.FindIndex(devices, known => ReferenceEquals(known, places.Of(layer)))));
    }

    private static void AssertReferenceHolds(string family, ComputeSettings settings)
    {
        string folder = SharedFiles.Find("golden/models/" + family);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (ExpectedOutputs expected = ExpectedOutputs.Open(Path.Combine(folder, "expected.safetensors")))
        {
            ImmutableArray<Finding> findings = Verifier.Run(Sources(folder), plan: null, expected, settings, progress: null, CancellationToken.None);

            Assert.NotEmpty(findings);
            Assert.Empty(findings.Where(finding => !finding.Holds).Select(finding => finding.ToString()));
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static Decoder Open(ComputeSettings settings) => Decoder.Open(Sources(Llama), settings);

    private static CheckpointSet Sources(string folder) => new(Checkpoint.Open(folder));

    /// <summary>The most bytes of weights that were loaded at any place of a pass.</summary>
    private sealed class HeldBytes(Decoder decoder) : IActivationObserver
    {
        public long Most { get; private set; }

        public Tensor? Observe(ActivationSite site, Tensor state)
        {
            Most = Math.Max(Most, decoder.LoadedWeights(LayerPlan.Main).Values.Sum(weight => weight.numel() * weight.ElementSize));
            return null;
        }
    }
}
