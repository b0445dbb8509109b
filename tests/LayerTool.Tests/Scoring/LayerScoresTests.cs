using System.Collections.Immutable;
using System.Text.Json;
using LayerTool.Checkpoints;
using LayerTool.Data;
using LayerTool.Faults;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Progress;
using LayerTool.Scoring;
using LayerTool.Tensors;
using LayerTool.Tests.Support;
using TorchSharp;
using Xunit;

namespace LayerTool.Tests.Scoring;

[Collection(TorchCollection.Name)]
public sealed class LayerScoresTests
{
    private static readonly ComputeSettings Float32 = new(Dtype: ComputeDtype.Float32);

    [Fact]
    public void Halves_that_config_json_drops_have_no_score_and_are_not_dropped_again()
    {
        CheckpointSet sources = new(Checkpoint.Open(SharedFiles.Find("golden/variants/llm-drop-blocks")));
        LayerPlan plan = LayerPlan.Identity(5);
        using Decoder decoder = Decoder.Open(sources, Float32);
        CalibrationSet rows = CalibrationSet.FromRows("rows", [[3, 9, 4, 60, 2, 7], [5, 8]], new CalibrationLimits(), sources.Main.Config);

        LayerScores scores = LayerScores.Measure(decoder, plan, rows, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal([true, true, false, false, true], scores.Layers.Select(layer => layer.Attention is not null));
        Assert.Equal([true, true, false, false, true], scores.Layers.Select(layer => layer.Mlp is not null));
        Assert.All((DropKind[])[DropKind.Attention, DropKind.Mlp, DropKind.Block], kind =>
        {
            Assert.Equal([0, 1, 4], DropOrder.Of(scores, kind).Select(unit => unit.Layer).Order());
            DropOrder.CheckCount(plan, sources.Halves, kind, 3);
            Assert.Throws<LayerToolException>(() => DropOrder.CheckCount(plan, sources.Halves, kind, 4));
        });
    }

    [Theory]
    [InlineData("stories260K")]
    [InlineData("SmolLM2-135M-Instruct-dq4")]
    public void Scores_are_those_of_plain_PyTorch_and_of_the_authors(string model)
    {
        using JsonDocument expected = Golden($"scores-{model}");
        using JsonDocument authors = Golden($"authors-llm-drop-{model}");
        using Decoder decoder = Open(model);

        LayerScores scores = Measure(decoder, expected.RootElement);

        foreach ((string key, string authorsKey, Func<LayerScore, double?> score) in (ReadOnlySpan<(string, string, Func<LayerScore, double?>)>)
        [
            ("attention", "attn", layer => layer.Attention),
            ("mlp", "mlp", layer => layer.Mlp),
            ("block", "block", layer => layer.Block),
        ])
        {
            AssertNear(Numbers(expected.RootElement.GetProperty(key)), scores, score);
            AssertNear(Numbers(authors.RootElement.GetProperty("importance").GetProperty(authorsKey)), scores, score);
        }
    }

    [Theory]
    [InlineData("stories260K")]
    [InlineData("SmolLM2-135M-Instruct-dq4")]
    public void Layers_are_dropped_in_the_order_of_the_authors(string model)
    {
        using JsonDocument authors = Golden($"authors-llm-drop-{model}");
        using Decoder decoder = Open(model);

        LayerScores scores = Measure(decoder, authors.RootElement);

        JsonElement order = authors.RootElement.GetProperty("drop_order");
        AssertSameOrder([.. order.GetProperty("attention").EnumerateArray().Select(layer => (DropKind.Attention, layer.GetInt32()))], DropOrder.Of(scores, DropKind.Attention));
        AssertSameOrder([.. order.GetProperty("mlp").EnumerateArray().Select(layer => (DropKind.Mlp, layer.GetInt32()))], DropOrder.Of(scores, DropKind.Mlp));
        AssertSameOrder([.. order.GetProperty("block").EnumerateArray().Select(layer => (DropKind.Block, layer.GetInt32()))], DropOrder.Of(scores, DropKind.Block));
        AssertSameOrder(
            [.. order.GetProperty("joint").EnumerateArray().Select(unit => (unit[0].GetString() == "attn" ? DropKind.Attention : DropKind.Mlp, unit[1].GetInt32()))],
            DropOrder.Of(scores, DropKind.Joint));
    }

    [Fact]
    public void Neither_batches_nor_the_order_of_sequences_change_a_score()
    {
        using JsonDocument expected = Golden("scores-stories260K");
        using Decoder decoder = Open("stories260K");
        ImmutableArray<ImmutableArray<int>> rows = Rows(expected.RootElement);

        LayerScores together = Measure(decoder, rows);
        LayerScores reversed = Measure(decoder, [.. rows.Reverse()]);
        List<LayerScores> alone = [.. rows.Select(row => Measure(decoder, [row]))];

        for (int layer = 0; layer < together.Layers.Length; layer++)
        {
            Assert.Equal(together.Layers[layer].Attention!.Value, reversed.Layers[layer].Attention!.Value, 1e-6);
            Assert.Equal(together.Layers[layer].Attention!.Value, alone.Average(scores => scores.Layers[layer].Attention!.Value), 1e-6);
            Assert.Equal(together.Layers[layer].Mlp!.Value, alone.Average(scores => scores.Layers[layer].Mlp!.Value), 1e-6);
            Assert.Equal(together.Layers[layer].Block, alone.Average(scores => scores.Layers[layer].Block), 1e-6);
        }
    }

    [Fact]
    public void A_half_that_adds_nothing_scores_0_and_goes_first()
    {
        using JsonDocument expected = Golden("scores-stories260K");
        using Decoder decoder = Open("stories260K");
        Measure(decoder, Rows(expected.RootElement)[..1]); // loads the weights
        Zero(decoder, "model.layers.3.self_attn.o_proj.weight");
        Zero(decoder, "model.layers.1.mlp.down_proj.weight");

        LayerScores scores = Measure(decoder, expected.RootElement);

        Assert.Equal(0, scores.Layers[3].Attention!.Value, 1e-7);
        Assert.Equal(3, DropOrder.Of(scores, DropKind.Attention)[0].Layer);
        Assert.Equal(0, scores.Layers[1].Mlp!.Value, 1e-7);
        Assert.Equal(1, DropOrder.Of(scores, DropKind.Mlp)[0].Layer);
        Assert.Equal(scores.Layers[3].Mlp!.Value, scores.Layers[3].Block, 1e-9);
    }

    [Fact]
    public void In_bfloat16_small_updates_are_not_rounded_away()
    {
        using JsonDocument expected = Golden("scores-stories260K");
        ImmutableArray<ImmutableArray<int>> rows = Rows(expected.RootElement)[..2];
        using Decoder exact = Open("stories260K");
        using Decoder narrow = Open("stories260K", ComputeDtype.BFloat16);
        LayerPlan plan = LayerPlan.Identity(5) with
        {
            // An update of a thousandth is below the last bit of most entries of the stream.
            Steps = [.. LayerPlan.Identity(5).Slots.Select(slot => slot with { AttentionGain = 1e-3, MlpGain = 1e-3 })],
        };

        LayerScores wanted = LayerScores.Measure(exact, plan, Calibration(exact, rows), cancellation: TestContext.Current.CancellationToken);
        LayerScores found = LayerScores.Measure(narrow, plan, Calibration(narrow, rows), cancellation: TestContext.Current.CancellationToken);

        for (int layer = 0; layer < 5; layer++)
        {
            Assert.InRange(found.Layers[layer].Attention!.Value / wanted.Layers[layer].Attention!.Value, 0.95, 1.05);
            Assert.InRange(found.Layers[layer].Mlp!.Value / wanted.Layers[layer].Mlp!.Value, 0.95, 1.05);
        }
    }

    [Fact]
    public void Halves_that_are_off_have_no_score()
    {
        using JsonDocument expected = Golden("scores-stories260K");
        using Decoder decoder = Open("stories260K");
        LayerPlan plan = new([new LayerSlot("main", 0), new LayerSlot("main", 2, AttentionGain: 0), new LayerSlot("main", 4, MlpGain: 0)]);

        LayerScores scores = LayerScores.Measure(
            decoder, plan, Calibration(decoder, Rows(expected.RootElement)[..1]), cancellation: TestContext.Current.CancellationToken);

        Assert.Null(scores.Layers[1].Attention);
        Assert.Equal(scores.Layers[1].Mlp!.Value, scores.Layers[1].Block, 1e-12);
        Assert.Null(scores.Layers[2].Mlp);
        Assert.Equal(scores.Layers[2].Attention!.Value, scores.Layers[2].Block, 1e-12);
    }

    [Theory]
    [InlineData("model.layers.2.self_attn.o_proj.weight", "the attention of layer 2")]
    [InlineData("model.layers.4.mlp.down_proj.weight", "the MLP of layer 4")]
    [InlineData("model.embed_tokens.weight", "the embedding")]
    public void Activations_that_are_not_finite_name_where_they_begin(string tensor, string place)
    {
        using JsonDocument expected = Golden("scores-stories260K");
        using Decoder decoder = Open("stories260K");
        Measure(decoder, Rows(expected.RootElement)[..1]);
        Change(decoder, tensor, weight => weight.fill_(double.NaN));

        LayerToolException fault = Assert.Throws<LayerToolException>(() => Measure(decoder, expected.RootElement));

        Assert.StartsWith(place, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Scoring_can_be_stopped_and_leaves_no_tensor_behind()
    {
        using JsonDocument expected = Golden("scores-stories260K");
        ImmutableArray<ImmutableArray<int>> rows = Rows(expected.RootElement);
        using Decoder decoder = Open("stories260K");
        Measure(decoder, rows);
        long live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        Measure(decoder, rows);
        using CancellationTokenSource source = new();
        StopAtOnce stop = new(source);
        Assert.Throws<OperationCanceledException>(() => LayerScores.Measure(decoder, Plan(decoder), Calibration(decoder, [.. rows, .. rows]), stop, source.Token));

        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.Equal(new Step("scoring", 2048, 4096, "tokens"), stop.Last);
    }

    private static LayerScores Measure(Decoder decoder, JsonElement golden) => Measure(decoder, Rows(golden));

    private static LayerScores Measure(Decoder decoder, ImmutableArray<ImmutableArray<int>> rows) =>
        LayerScores.Measure(decoder, Plan(decoder), Calibration(decoder, rows), cancellation: TestContext.Current.CancellationToken);

    private static LayerPlan Plan(Decoder decoder) => LayerPlan.Identity(decoder.Config.LayerCount);

    private static CalibrationSet Calibration(Decoder decoder, ImmutableArray<ImmutableArray<int>> rows) =>
        CalibrationSet.FromRows("rows", rows, new CalibrationLimits(), decoder.Config);

    private static Decoder Open(string model, ComputeDtype dtype = ComputeDtype.Float32) =>
        Decoder.Open(new CheckpointSet(Checkpoint.Open(SharedFiles.Model(model))), Float32 with { Dtype = dtype });

    private static JsonDocument Golden(string name) => JsonDocument.Parse(File.ReadAllText(SharedFiles.Find($"golden/methods/{name}.json")));

    private static ImmutableArray<ImmutableArray<int>> Rows(JsonElement golden) => TokenRowsJson.Find(golden, "golden")!.Value;

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetDouble())];

    private static void Zero(Decoder decoder, string tensor) => Change(decoder, tensor, weight => weight.zero_());

    private static void Change(Decoder decoder, string tensor, Func<torch.Tensor, torch.Tensor> change)
    {
        // The file is mapped privately: what is written here stays in this process.
        using DisposeScope scope = torch.NewDisposeScope();
        using IDisposable mode = torch.no_grad();
        change(decoder.LoadedWeights("main")[tensor]);
    }

    private static void AssertNear(double[] expected, LayerScores scores, Func<LayerScore, double?> score)
    {
        Assert.Equal(expected.Length, scores.Layers.Length);
        for (int layer = 0; layer < expected.Length; layer++)
        {
            Assert.Equal(expected[layer], score(scores.Layers[layer])!.Value, 1e-5);
        }
    }

    // Neighbours whose scores are closer than 2e-6 may swap.
    private static void AssertSameOrder((DropKind Kind, int Layer)[] expected, ImmutableArray<DropUnit> order)
    {
        Dictionary<(DropKind, int), double> scores = order.ToDictionary(unit => (unit.Kind, unit.Layer), unit => unit.Score);
        Assert.Equal(expected.Length, order.Length);
        for (int place = 0; place < expected.Length; place++)
        {
            Assert.Equal(scores[expected[place]], order[place].Score, 2e-6);
        }
    }

    private sealed class StopAtOnce(CancellationTokenSource source) : IProgress<Step>
    {
        public Step? Last { get; private set; }

        public void Report(Step value)
        {
            Last = value;
            source.Cancel();
        }
    }
}
