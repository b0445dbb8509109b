using LayerTool.Adapters;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Tensors;
using LayerTool.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LayerTool.Tests.Adapters;

/// <summary>Adapters of a running decoder, made in memory.</summary>
[Collection(TorchCollection.Name)]
public sealed class AdapterWeightsTests
{
    private const string Query = "model.layers.1.self_attn.q_proj";
    private const string Down = "model.layers.1.mlp.down_proj";

    private static readonly ComputeSettings Single = new(Dtype: ComputeDtype.Float32, Threads: 1);

    private static Tensor Ids => tensor(new long[] { 3, 17, 5, 60, 2, 9, 41, 33 }, [1, 8]);

    [Theory]
    [InlineData(Query, false)]
    [InlineData(Down, false)]
    [InlineData(Query, true)]
    [InlineData(Down, true)]
    public void An_update_gives_what_the_changed_matrix_gives_in_its_slots_alone(string module, bool hasMagnitude)
    {
        using DisposeScope scope = NewDisposeScope();
        using Decoder decoder = Open();
        LayerPlan plain = LayerPlan.Identity(5);
        decoder.Forward(plain, Ids); // loads the weights
        Tensor weight = decoder.LoadedWeights(LayerPlan.Main)[module + ".weight"];
        LowRankUpdate update = Drawn(weight, hasMagnitude);
        Tensor changed = weight + (update.B.unsqueeze(-1) * update.A.unsqueeze(0)).sum(1) * update.Scale;
        changed = hasMagnitude ? changed / changed.square().sum(-1, keepdim: true).sqrt() * update.Magnitude!.unsqueeze(-1) : changed;
        decoder.AddAdapter("own", new AdapterWeights(new Dictionary<string, LowRankUpdate> { [module] = update }));
        decoder.AddAdapter("whole", new AdapterWeights(new Dictionary<string, LowRankUpdate>(), new Dictionary<string, Tensor> { [module + ".weight"] = changed }));

        foreach (string text in (string[])["0,1{0},2-4", "0,1,1{0},2-4", "0,1*0.5{0},2-4", "0,1.mlp{0},2-4", "0,[1{0}|2],3"])
        {
            string Named(string name) => text.Replace("{0}", "+" + name, StringComparison.Ordinal);
            Tensor expected = decoder.Forward(PlanNotation.Parse(Named("whole")), Ids);
            Tensor actual = decoder.Forward(PlanNotation.Parse(Named("own")), Ids);

            Assert.InRange(Distance(expected, actual), 0, 2e-5);
            if (module == Down || !text.Contains(".mlp", StringComparison.Ordinal))
            {
                Assert.True(Distance(decoder.Forward(PlanNotation.Parse(Named("whole").Replace("+whole", "", StringComparison.Ordinal)), Ids), actual) > 1e-2);
            }
        }
    }

    [Fact]
    public void An_update_of_nothing_changes_nothing()
    {
        using DisposeScope scope = NewDisposeScope();
        using Decoder decoder = Open();
        Tensor expected = decoder.Forward(LayerPlan.Identity(5), Ids);
        LowRankUpdate drawn = Drawn(decoder.LoadedWeights(LayerPlan.Main)[Query + ".weight"], hasMagnitude: false);
        decoder.AddAdapter("own", new AdapterWeights(new Dictionary<string, LowRankUpdate> { [Query] = drawn with { B = zeros_like(drawn.B) } }));

        Assert.Equal(0, Distance(expected, decoder.Forward(PlanNotation.Parse("(0-4)+own"), Ids)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradients_reach_an_adapter_and_no_more_than_it(bool hasMagnitude)
    {
        using DisposeScope scope = NewDisposeScope();
        using Decoder decoder = Decoder.Open(new CheckpointSet(Checkpoint.Open(SharedFiles.Find("golden/models/llama"))), Single, gradients: true);
        LayerPlan plan = PlanNotation.Parse("0,1+own,1,2-4");
        decoder.Forward(plan with { Steps = LayerPlan.Identity(5).Steps }, Ids);
        LowRankUpdate drawn = Drawn(decoder.LoadedWeights(LayerPlan.Main)[Query + ".weight"].detach(), hasMagnitude);
        LowRankUpdate update = drawn with { A = drawn.A.requires_grad_(true), B = drawn.B.requires_grad_(true), Magnitude = drawn.Magnitude?.requires_grad_(true) };
        decoder.AddAdapter("own", new AdapterWeights(new Dictionary<string, LowRankUpdate> { [Query] = update }));

        Tensor Loss() => decoder.Forward(plan, Ids).to(ScalarType.Float64).square().mean();

        Loss().backward();
        Tensor trained = hasMagnitude ? update.Magnitude! : update.B;
        Tensor gradient = trained.grad!.flatten();
        long largest = gradient.abs().argmax().item<long>();
        double Moved(double step)
        {
            using IDisposable mode = no_grad();
            trained.view(-1).narrow(0, largest, 1).add_(step);
            return Loss().item<double>();
        }

        double up = Moved(1e-3);
        double down = Moved(-2e-3);
        double expected = gradient[largest].item<float>();
        Assert.InRange((up - down) / 2e-3, expected - (0.02 * Math.Abs(expected)) - 1e-5, expected + (0.02 * Math.Abs(expected)) + 1e-5);
        Assert.True(update.A.grad!.abs().sum().item<float>() > 0);
    }

    [Fact]
    public void In_16_bits_the_update_is_added_in_its_own_type_and_the_sum_is_rounded_once()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor weight = randn([6, 5]).to(ScalarType.BFloat16), input = randn([2, 5]).to(ScalarType.BFloat16);
        LowRankUpdate update = Drawn(weight.to(ScalarType.Float32), hasMagnitude: false);
        using AdapterWeights weights = new(new Dictionary<string, LowRankUpdate> { [Query] = update });
        BoundUpdate? bound = weights.Bind(Query, () => weight, isTransposed: false);

        Tensor actual = new Projection(weight, Bias: null, IsTransposed: false, bound).Apply(input);

        Tensor addition = nn.functional.linear(nn.functional.linear(input.to(ScalarType.Float32), update.A), update.B) * update.Scale;
        Tensor expected = (nn.functional.linear(input, weight).to(ScalarType.Float32) + addition).to(ScalarType.BFloat16);
        Assert.Equal(ScalarType.BFloat16, actual.dtype);
        Assert.Equal(0, Distance(expected.to(ScalarType.Float32), actual.to(ScalarType.Float32)));
    }

    [Theory]
    [InlineData(AdapterMode.Applied, false)]
    [InlineData(AdapterMode.Applied, true)]
    [InlineData(AdapterMode.Merged, true)]
    public void Adapters_run_with_a_cache_and_when_the_weights_do_not_stay(AdapterMode mode, bool offload)
    {
        using DisposeScope scope = NewDisposeScope();
        CheckpointSet sources = new(Checkpoint.Open(SharedFiles.Find("golden/models/llama")));
        AdapterSet adapters = [];
        adapters.AddWhole("own", PeftFolder.Open(SharedFiles.Find("golden/peft/dora")));
        LayerPlan plan = PlanNotation.Parse("0+own, (1-2)x2, 3*0.5+own, 4+own");
        using Decoder decoder = Decoder.Open(sources, Single with { Offload = offload }, adapters: adapters, adapterMode: mode);
        using Decoder plain = Decoder.Open(sources, Single, adapters: adapters);
        using KvCache cache = new();

        Tensor expected = plain.Forward(plan, Ids);
        Tensor first = decoder.Forward(plan, Ids.narrow(1, 0, 5), cache: cache);
        Tensor rest = decoder.Forward(plan, Ids.narrow(1, 5, 3), cache: cache);

        Assert.InRange(Distance(expected, cat([first, rest], 1)), 0, 5e-5);
    }

    [Fact]
    public void An_adapter_that_is_not_given_is_named()
    {
        using DisposeScope scope = NewDisposeScope();
        using Decoder decoder = Open();

        LayerToolException fault = Assert.Throws<LayerToolException>(() => decoder.Forward(PlanNotation.Parse("0+own"), Ids));

        Assert.Equal("the adapter `own` is not given", fault.Message);
        Assert.Equal("give it with `--adapter own=FOLDER`", fault.Hint);
    }

    [Fact]
    public void Nothing_is_left_of_a_decoder_with_adapters()
    {
        long before = LiveTensors();
        using (NewDisposeScope())
        using (Decoder decoder = Open())
        {
            LowRankUpdate update = Drawn(rand([32, 32]), hasMagnitude: true);
            decoder.AddAdapter("own", new AdapterWeights(new Dictionary<string, LowRankUpdate> { [Query] = update }));
            decoder.Forward(PlanNotation.Parse("0,1+own,1*0.5+own"), Ids);
        }

        Assert.Equal(before, LiveTensors());
    }

    private static long LiveTensors() => DisposeScopeManager.Statistics.ThreadTotalLiveCount;

    private static LowRankUpdate Drawn(Tensor weight, bool hasMagnitude)
    {
        random.manual_seed(7);
        return new LowRankUpdate(randn([4, weight.size(1)]), randn([weight.size(0), 4]), 0.1, hasMagnitude ? weight.square().sum(-1).sqrt() * (1 + rand([weight.size(0)])) : null);
    }

    private static double Distance(Tensor left, Tensor right) => (left - right).abs().max().item<float>();

    private static Decoder Open() => Decoder.Open(new CheckpointSet(Checkpoint.Open(SharedFiles.Find("golden/models/llama"))), Single);
}
