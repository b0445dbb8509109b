using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Generation;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Tensors;
using LayerTool.Tests.Golden;
using LayerTool.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LayerTool.Tests.Models;

[Collection(TorchCollection.Name)]
public sealed class DecoderTests
{
    private static readonly ComputeSettings Single = new(Dtype: ComputeDtype.Float32, Threads: 1);

    private static Tensor Ids => tensor(new long[] { 3, 17, 5, 60, 2, 9, 41, 33, 8, 8, 21, 64 }, [1, 12]);

    [Theory]
    [InlineData("llama", "0-4")]
    [InlineData("llama", "0,(1-2)x3,4-3")]
    [InlineData("llama", "0.attn,[1|2.mlp],3*0.5")]
    [InlineData("llama", "(0-4).mlp")]
    [InlineData("mistral", "0-4,2")]
    [InlineData("qwen2-window", "4-0")]
    [InlineData("qwen3", "0-1,3-4")]
    [InlineData("ministral3-scaled", "0-4")]
    public void Token_by_token_with_a_cache_equals_all_at_once(string family, string text)
    {
        using DisposeScope scope = NewDisposeScope();
        using Decoder decoder = Open(family);
        LayerPlan plan = PlanNotation.Parse(text);
        using KvCache cache = new();
        int attentions = plan.Slots.Count(slot => slot.HasAttention);
        for (int position = 0; position < 12; position++)
        {
            Tensor step = decoder.Forward(plan, Ids.narrow(1, position, 1), cache: cache);
            Tensor whole = decoder.Forward(plan, Ids.narrow(1, 0, position + 1), lastOnly: true);
            AssertClose(whole, step, 2e-5);
        }

        Assert.Equal((12, attentions), (cache.Length, cache.SlotCount));
        Assert.Equal(2L * attentions * decoder.Config.MostKvHeads * decoder.Config.HeadDim * 12 * 4, cache.Bytes);
    }

    [Fact]
    public void A_file_that_is_written_to_while_it_is_mapped_is_noticed()
    {
        using TempFolder folder = new();
        string copy = CheckpointCopy.Make(SharedFiles.Find("golden/models/llama-fp32"), folder);
        using DisposeScope scope = NewDisposeScope();
        using Decoder decoder = Decoder.Open(new CheckpointSet(Checkpoint.Open(copy)), Single);
        LayerPlan plan = LayerPlan.Identity(5);
        decoder.Forward(plan, Ids);
        string weights = Path.Combine(copy, "model.safetensors");
        File.SetLastWriteTimeUtc(weights, DateTime.UtcNow.AddSeconds(1));

        LayerToolException fault = Assert.Throws<LayerToolException>(() => decoder.Forward(plan, Ids));

        Assert.Equal($"{weights}: has changed since it was opened", fault.Message);
    }

    // Frequencies that change with the length leave cached states as the shorter text made them.
    public static IEnumerable<TheoryDataRow<string>> Families => ModelGoldenTests.Families.Where(row => row.Data != "llama-rope-dynamic" && !row.Data.EndsWith("-bf16", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Families))]
    public void Every_family_goes_on_from_a_cache_as_from_the_whole_text(string family)
    {
        using DisposeScope scope = NewDisposeScope();
        using Decoder decoder = Open(family);
        LayerPlan plan = LayerPlan.Identity(decoder.Config.LayerCount);
        Tensor whole = decoder.Forward(plan, Ids);
        using KvCache cache = new();

        decoder.Forward(plan, Ids.narrow(1, 0, 9), cache: cache);
        for (int position = 9; position < 12; position++)
        {
            AssertClose(whole.narrow(1, position, 1), decoder.Forward(plan, Ids.narrow(1, position, 1), cache: cache), 1e-4);
        }
    }

    [Fact]
    public void A_batch_padded_on_the_left_continues_each_row_as_if_alone()
    {
        using DisposeScope scope = NewDisposeScope();
        using Decoder decoder = Open("mistral");
        LayerPlan plan = LayerPlan.Identity(5);
        Tensor batch = tensor(new long[] { 0, 0, 0, 3, 17, 5, 60, 1, 2, 3, 4, 5, 6, 7 }, [2, 7]);
        Tensor mask = tensor(new long[] { 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 }, [2, 7]);
        Tensor next = tensor(new long[] { 9, 8 }, [2, 1]);
        using KvCache cache = new();

        decoder.Forward(plan, batch, mask, cache);
        Tensor step = decoder.Forward(plan, next, cache: cache);

        AssertClose(decoder.Forward(plan, tensor(new long[] { 3, 17, 5, 60, 9 }, [1, 5]), lastOnly: true)[0], step[0], 2e-5);
        AssertClose(decoder.Forward(plan, tensor(new long[] { 1, 2, 3, 4, 5, 6, 7, 8 }, [1, 8]), lastOnly: true)[0], step[1], 2e-5);
    }

    [Fact]
    public void Attention_and_mlp_off_everywhere_leave_embedding_norm_and_head()
    {
        using DisposeScope scope = NewDisposeScope();
        using Decoder decoder = Open("llama");
        LayerPlan nothing = PlanNotation.Parse("none");
        using StateRecorder recorder = new(ActivationPlace.Embedding);

        Tensor logits = decoder.Forward(nothing, Ids, observer: recorder);

        AssertClose(decoder.Head(nothing, recorder.Find(ActivationPlace.Embedding, -1)!), logits, 0);
    }

    [Fact]
    public void A_repeated_layer_is_held_once_and_cached_twice()
    {
        using DisposeScope scope = NewDisposeScope();
        using Decoder decoder = Open("llama");
        using KvCache cache = new();

        decoder.Forward(PlanNotation.Parse("(2)x5"), Ids, cache: cache);

        Assert.Equal(5, cache.SlotCount);
        Assert.Equal(["lm_head.weight", "model.embed_tokens.weight", "model.norm.weight"], decoder.LoadedWeights(LayerPlan.Main).Keys.Where(name => !name.Contains(".layers.2.", StringComparison.Ordinal)).Order());
        Assert.Equal(9, decoder.LoadedWeights(LayerPlan.Main).Keys.Count(name => name.Contains(".layers.2.", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("0,1*0.5,2-4", 1, 0.5, 0.5)]
    [InlineData("0-2,3*0.25/2,4", 3, 0.25, 2)]
    [InlineData("0,1*0/0.5,2-4", 1, 0, 0.5)]
    public void A_gain_multiplies_what_a_half_adds(string text, int layer, double attention, double mlp)
    {
        using DisposeScope scope = NewDisposeScope();
        using Decoder decoder = Open("llama-fp32");

        Tensor gained = decoder.Forward(PlanNotation.Parse(text), Ids);

        AssertClose(decoder.Forward(LayerPlan.Identity(5), Ids, observer: new Scaling(layer, attention, mlp)), gained, 1e-5);
    }

    [Theory]
    [InlineData(ComputeDtype.BFloat16)]
    [InlineData(ComputeDtype.Float16)]
    public void Half_precision_stays_near_single(ComputeDtype dtype)
    {
        using DisposeScope scope = NewDisposeScope();
        using Decoder single = Open("llama");
        using Decoder half = Decoder.Open(new CheckpointSet(Checkpoint.Open(SharedFiles.Find("golden/models/llama"))), Single with { Dtype = dtype });

        Tensor expected = single.Forward(LayerPlan.Identity(5), Ids);
        Tensor actual = half.Forward(LayerPlan.Identity(5), Ids);

        double rms = (actual.to(ScalarType.Float32) - expected).square().mean().sqrt().item<float>();
        Assert.InRange(rms, 1e-6, 0.03 * expected.std().item<float>());
    }

    [Fact]
    public void Weights_in_the_compute_type_are_views_of_the_file()
    {
        using DisposeScope scope = NewDisposeScope();
        Checkpoint checkpoint = Checkpoint.Open(SharedFiles.Find("golden/models/llama-fp32"));
        using WeightStore single = new(checkpoint, main: null, LayerDevices.Single(CPU), ScalarType.Float32, trainable: false);
        using WeightStore half = new(checkpoint, main: null, LayerDevices.Single(CPU), ScalarType.BFloat16, trainable: false);

        Tensor weight = single.Get("model.norm.weight", 32);

        ExpectedTensor projection = ExpectedTensors.InLayer(checkpoint.Config, 0).Single(tensor => tensor.Name == "model.layers.0.mlp.up_proj.weight");
        Assert.Equal(0, single.BytesToLoad(projection));
        Assert.Equal(44 * 32 * 2, half.BytesToLoad(projection));
        Assert.Equal(checkpoint.Tensors["model.norm.weight"].Offset / 4, weight.storage_offset());
    }

    [Fact]
    public void Weights_that_are_not_numbers_are_said()
    {
        using TempFolder temp = new();
        string folder = CheckpointCopy.Make(SharedFiles.Find("golden/models/llama"), temp);
        CheckpointCopy.Set(folder, "model.layers.2.mlp.down_proj.weight", 7, float.NaN);
        using Decoder decoder = Decoder.Open(new CheckpointSet(Checkpoint.Open(folder)), Single);

        LayerToolException fault = Assert.Throws<LayerToolException>(() => TokenGenerator.Generate(decoder, LayerPlan.Identity(5), [[1, 2, 3]], new GenerationSettings(4), cancellation: TestContext.Current.CancellationToken));

        Assert.Equal("the logits of new token 0 are not finite: a weight or a state is NaN or infinite", fault.Message);
    }

    [Fact]
    public void Gradients_equal_differences()
    {
        using DisposeScope scope = NewDisposeScope();
        using Decoder decoder = Decoder.Open(new CheckpointSet(Checkpoint.Open(SharedFiles.Find("golden/models/llama-fp32"))), Single, gradients: true);
        LayerPlan plan = PlanNotation.Parse("0,(1-2)x2,[3|4.mlp]");
        Tensor target = Ids.narrow(1, 1, 11).flatten();

        Tensor Loss() => nn.functional.cross_entropy(decoder.Forward(plan, Ids).narrow(1, 0, 11).flatten(0, 1).to(ScalarType.Float64), target);

        Loss().backward();
        foreach (string name in (string[])["model.layers.1.self_attn.k_proj.weight", "model.layers.3.mlp.up_proj.weight", "model.layers.0.input_layernorm.weight", "model.embed_tokens.weight"])
        {
            Tensor weight = decoder.LoadedWeights(LayerPlan.Main)[name];
            Tensor gradient = weight.grad!.flatten();
            long largest = gradient.abs().argmax().item<long>();
            double Moved(double step)
            {
                using IDisposable mode = no_grad();
                weight.view(-1).narrow(0, largest, 1).add_(step);
                return Loss().item<double>();
            }

            double up = Moved(1e-3);
            double down = Moved(-2e-3);
            Moved(1e-3);
            double slope = (up - down) / 2e-3;
            double expected = gradient[largest].item<float>();
            Assert.InRange(slope, expected - (0.02 * Math.Abs(expected)) - 1e-4, expected + (0.02 * Math.Abs(expected)) + 1e-4);
        }
    }

    [Fact]
    public void More_memory_than_there_is_is_said_with_both_numbers()
    {
        using DisposeScope scope = NewDisposeScope();
        using Decoder decoder = Open("llama"); // stored in bfloat16, so that every weight is a copy
        Environment.SetEnvironmentVariable("LAYERTOOL_MEMORY_LIMIT", "1000");
        try
        {
            LayerToolException fault = Assert.Throws<LayerToolException>(() => decoder.Forward(LayerPlan.Identity(5), Ids));

            Assert.Matches("the run needs [0-9.]+ kB of memory", fault.Message);
            Assert.Contains("1.0 kB are available", fault.Message, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("LAYERTOOL_MEMORY_LIMIT", null);
        }
    }

    [Theory]
    [InlineData("\"intermediate_size\": 44", "\"intermediate_size\": 45", "has the shape [44, 32], config.json demands [45, 32]")]
    [InlineData("\"attention_bias\": false", "\"attention_bias\": true", "`model.layers.0.self_attn.q_proj.bias` is missing, config.json demands it with the shape [32]")]
    public void A_tensor_that_does_not_fit_is_named_with_both_shapes(string from, string to, string message)
    {
        using DisposeScope scope = NewDisposeScope();
        using TempFolder temp = new();
        string folder = CheckpointCopy.Make(SharedFiles.Find("golden/models/llama"), temp);
        CheckpointCopy.Edit(folder, from, to);
        using Decoder decoder = Decoder.Open(new CheckpointSet(Checkpoint.Open(folder)), Single);

        LayerToolException fault = Assert.Throws<LayerToolException>(() => decoder.Forward(LayerPlan.Identity(5), Ids));

        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_outside_the_vocabulary_is_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        using Decoder decoder = Open("llama");

        LayerToolException fault = Assert.Throws<LayerToolException>(() => decoder.Forward(LayerPlan.Identity(5), tensor(new long[] { 1, 67 }, [1, 2])));

        Assert.StartsWith("token ids run from 1 to 67", fault.Message, StringComparison.Ordinal);
    }

    private static Decoder Open(string family) =>
        Decoder.Open(new CheckpointSet(Checkpoint.Open(GoldenModels.Folder(family))), Single);

    private static void AssertClose(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.shape, actual.shape);
        double largest = (expected - actual).abs().max().item<float>();
        Assert.True(largest <= tolerance, $"largest difference {largest}, allowed {tolerance}");
    }

    private sealed class Scaling(int slot, double attention, double mlp) : IActivationObserver
    {
        public Tensor? Observe(ActivationSite site, Tensor state) => site.Slot != slot
            ? null
            : site.Place switch
            {
                ActivationPlace.AttentionOutput => state * attention,
                ActivationPlace.MlpOutput => state * mlp,
                _ => null,
            };
    }
}
