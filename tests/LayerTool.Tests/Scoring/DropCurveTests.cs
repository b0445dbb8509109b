using System.Collections.Immutable;
using System.Text.Json;
using LayerTool.Checkpoints;
using LayerTool.Data;
using LayerTool.Faults;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Scoring;
using LayerTool.Tensors;
using LayerTool.Tests.Support;
using TorchSharp;
using Xunit;

namespace LayerTool.Tests.Scoring;

[Collection(TorchCollection.Name)]
public sealed class DropCurveTests
{
    [Fact]
    public void The_losses_of_the_curve_are_those_of_the_reference()
    {
        using JsonDocument golden = Golden();
        using Decoder decoder = Open();
        CalibrationSet calibration = Calibration(golden, decoder);
        LayerPlan plan = LayerPlan.Identity(5);
        LayerScores scores = LayerScores.Measure(decoder, plan, calibration, cancellation: TestContext.Current.CancellationToken);

        DropCurve curve = Draw(decoder, plan, DropOrder.Of(scores, DropKind.Attention), calibration, limit: 10);

        double[] losses = [.. golden.RootElement.GetProperty("loss_attention_dropped").EnumerateArray().Select(loss => loss.GetDouble())];
        Assert.Equal(losses.Length, curve.Points.Length);
        foreach ((double expected, DropPoint point) in losses.Zip(curve.Points))
        {
            Assert.Equal(expected, point.Loss, 1e-4);
        }

        Assert.Equal(5, curve.Dropped.Length);
        Assert.Contains("nothing of that kind is left", curve.StopReason, StringComparison.Ordinal);
    }

    [Fact]
    public void Dropping_stops_in_front_of_the_first_drop_beyond_the_limit()
    {
        using JsonDocument golden = Golden();
        using Decoder decoder = Open();
        CalibrationSet calibration = Calibration(golden, decoder);
        LayerPlan plan = LayerPlan.Identity(5);
        LayerScores scores = LayerScores.Measure(decoder, plan, calibration, cancellation: TestContext.Current.CancellationToken);

        // The reference's losses: 5.191, 5.483 (+5.6 %), 5.828 (+12.3 %).
        DropCurve curve = Draw(decoder, plan, DropOrder.Of(scores, DropKind.Attention), calibration, limit: 0.08);

        Assert.Equal([2], curve.Dropped.Select(unit => unit.Layer));
        Assert.Equal([true, true, false], curve.Points.Select(point => point.IsKept));
        Assert.Contains("dropping layer 4's attention as well would change the loss by +12.27 %, and 8 % is allowed", curve.StopReason, StringComparison.Ordinal);
        Assert.Empty(Draw(decoder, plan, DropOrder.Of(scores, DropKind.Attention), calibration, limit: 0.02).Dropped);
    }

    [Fact]
    public void Dropping_every_half_leaves_the_embedding_the_final_norm_and_the_head()
    {
        using JsonDocument golden = Golden();
        using Decoder decoder = Open();
        CalibrationSet calibration = Calibration(golden, decoder);
        LayerPlan plan = LayerPlan.Identity(5);
        LayerScores scores = LayerScores.Measure(decoder, plan, calibration, cancellation: TestContext.Current.CancellationToken);

        Assert.Empty(plan.Drop(DropOrder.Of(scores, DropKind.Joint)).Steps);
        Assert.Equal(plan.Skip([0, 3]), plan.Drop([new DropUnit(DropKind.Attention, 3, 0), new DropUnit(DropKind.Block, 0, 0), new DropUnit(DropKind.Mlp, 3, 0)]));
        Assert.Equal(plan, plan.Drop([]));
    }

    [Fact]
    public void Dropping_a_half_that_adds_nothing_leaves_the_logits_bit_for_bit()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using Decoder decoder = Open();
        torch.Tensor ids = torch.arange(40, dtype: torch.ScalarType.Int64).reshape(2, 20);
        LayerPlan plan = LayerPlan.Identity(5);
        decoder.Forward(plan, ids); // loads the weights; they are mapped privately, so the file stays as it is
        using (torch.no_grad())
        {
            decoder.LoadedWeights("main")["model.layers.3.self_attn.o_proj.weight"].zero_();
            decoder.LoadedWeights("main")["model.layers.1.mlp.down_proj.weight"].zero_();
        }

        torch.Tensor whole = decoder.Forward(plan, ids);
        torch.Tensor dropped = decoder.Forward(plan.Drop([new DropUnit(DropKind.Attention, 3, 0), new DropUnit(DropKind.Mlp, 1, 0)]), ids);

        Assert.True(whole.eq(dropped).all().item<bool>());
    }

    [Fact]
    public void Units_are_those_of_slots_where_a_plan_plays_a_layer_twice()
    {
        LayerPlan plan = new([new LayerSlot("main", 1), new LayerSlot("main", 1), new LayerSlot("base", 1)]);

        LayerPlan edited = plan.Drop([new DropUnit(DropKind.Attention, 1, 0), new DropUnit(DropKind.Mlp, 2, 0)]);

        Assert.Equal([new LayerSlot("main", 1), new LayerSlot("main", 1, AttentionGain: 0), new LayerSlot("base", 1, MlpGain: 0)], edited.Slots);
    }

    [Fact]
    public void Nothing_to_drop_and_nothing_to_predict_are_faults()
    {
        using JsonDocument golden = Golden();
        using Decoder decoder = Open();
        CalibrationSet calibration = Calibration(golden, decoder);
        CalibrationSet single = CalibrationSet.FromRows("ones", [[5], [6]], new CalibrationLimits(), decoder.Config);
        ImmutableArray<DropUnit> order = [new DropUnit(DropKind.Attention, 0, 0)];

        Assert.Throws<LayerToolException>(() => Draw(decoder, LayerPlan.Identity(5), [], calibration, 0.02));
        Assert.Throws<LayerToolException>(() => Draw(decoder, LayerPlan.Identity(5), order, single, 0.02));
    }

    private static DropCurve Draw(Decoder decoder, LayerPlan plan, ImmutableArray<DropUnit> order, CalibrationSet calibration, double limit) =>
        DropCurve.Draw(decoder, plan, order, calibration, limit, cancellation: TestContext.Current.CancellationToken);

    private static JsonDocument Golden() => JsonDocument.Parse(File.ReadAllText(SharedFiles.Find("golden/methods/scores-stories260K.json")));

    private static CalibrationSet Calibration(JsonDocument golden, Decoder decoder) =>
        CalibrationSet.FromRows("rows", TokenRowsJson.Find(golden.RootElement, "golden")!.Value, new CalibrationLimits(), decoder.Config);

    private static Decoder Open() =>
        Decoder.Open(new CheckpointSet(Checkpoint.Open(SharedFiles.Model("stories260K"))), new ComputeSettings(Dtype: ComputeDtype.Float32));
}
