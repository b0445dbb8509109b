using LayerTool.Faults;
using LayerTool.Scoring;
using Xunit;

namespace LayerTool.Tests.Scoring;

public sealed class DropOrderTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 50)];

    [Fact]
    public void Equal_scores_drop_attention_first_and_the_deeper_layer_first()
    {
        LayerScores scores = new([new LayerScore(0, 0.1, 0.1, 0.5), new LayerScore(1, 0.1, 0.1, 0.5), new LayerScore(2, 0.05, 0.1, 0.4)], 1);

        Assert.Equal(
            [(DropKind.Attention, 2), (DropKind.Attention, 1), (DropKind.Attention, 0), (DropKind.Mlp, 2), (DropKind.Mlp, 1), (DropKind.Mlp, 0)],
            DropOrder.Of(scores, DropKind.Joint).Select(unit => (unit.Kind, unit.Layer)));
        Assert.Equal([2, 1, 0], DropOrder.Of(scores, DropKind.Block).Select(unit => unit.Layer));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_set_is_part_of_every_larger_one(int seed)
    {
        LayerScores scores = Drawn(seed);
        foreach (DropKind kind in Enum.GetValues<DropKind>())
        {
            int all = kind == DropKind.Joint ? 2 * scores.Layers.Length : scores.Layers.Length;
            for (int count = 0; count < all; count++)
            {
                Assert.Equal(DropOrder.Lowest(scores, kind, count), DropOrder.Lowest(scores, kind, count + 1)[..count]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Joint_drop_is_attention_drop_while_it_takes_no_MLP(int seed)
    {
        LayerScores scores = Drawn(seed);
        int count = DropOrder.Of(scores, DropKind.Joint).TakeWhile(unit => unit.Kind == DropKind.Attention).Count();

        Assert.Equal(DropOrder.Lowest(scores, DropKind.Attention, count), DropOrder.Lowest(scores, DropKind.Joint, count));
        Assert.Equal(2 * scores.Layers.Length, DropOrder.Lowest(scores, DropKind.Joint, 2 * scores.Layers.Length).Distinct().Count());
    }

    [Theory]
    [InlineData(DropKind.Attention, 4, "cannot drop 4 attention sublayers: the model has 3 layers (2 with attention sublayers still present)")]
    [InlineData(DropKind.Mlp, 4, "cannot drop 4 MLP sublayers: the model has 3")]
    [InlineData(DropKind.Block, -1, "cannot drop -1 layers: the model has 3")]
    [InlineData(DropKind.Joint, 6, "cannot drop 6 sublayers: the model has 3 layers with 5 sublayers")]
    public void More_than_there_are_cannot_be_dropped(DropKind kind, int count, string expected)
    {
        LayerScores scores = new([new LayerScore(0, 0.1, 0.1, 0.5), new LayerScore(1, null, 0.1, 0.5), new LayerScore(2, 0.05, 0.1, 0.4)], 1);

        LayerToolException fault = Assert.Throws<LayerToolException>(() => DropOrder.Lowest(scores, kind, count));

        Assert.Equal(expected, fault.Message);
    }

    private static LayerScores Drawn(int seed)
    {
        Random random = new(seed);
        double Score() => random.Next(8) / 10.0; // few values, so that ties occur
        return new LayerScores([.. Enumerable.Range(0, random.Next(1, 12)).Select(layer => new LayerScore(layer, Score(), Score(), Score()))], 1);
    }
}
