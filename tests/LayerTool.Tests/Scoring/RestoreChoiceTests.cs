using LayerTool.Evaluation.Diversity;
using LayerTool.Scoring;
using Xunit;

namespace LayerTool.Tests.Scoring;

public sealed class RestoreChoiceTests
{
    private static readonly RangeScore Post = Score(null, validity: 0.8, diversity: 0.4);

    [Fact]
    public void The_most_diverse_range_that_stays_valid_is_taken()
    {
        RestoreChoice choice = Choose(0.9, Score(new(0, 1), 0.73, 0.6), Score(new(2, 3), 0.7201, 0.7), Score(new(4, 5), 0.7199, 0.9));

        Assert.Equal(new LayerRange(2, 3), choice.Chosen.Range);
        Assert.Equal(0.72, choice.LeastValidity, 1e-12);
        Assert.Equal(
            "layers 2-3 are restored: of the 2 of 3 ranges that keep a validity of 0.7200 (0.9 of the model's own 0.8000) they are the most diverse, 0.7000 after 0.4000",
            choice.Reason);
    }

    [Fact]
    public void With_no_limit_the_most_diverse_of_all_is_taken()
    {
        Assert.Equal(new LayerRange(4, 5), Choose(0, Score(new(2, 3), 0.8, 0.7), Score(new(4, 5), 0, 0.9)).Chosen.Range);
    }

    [Fact]
    public void Of_ranges_as_diverse_the_shortest_is_taken_then_the_most_valid_then_the_first()
    {
        Assert.Equal(new LayerRange(4, 4), Choose(0.9, Score(new(1, 3), 0.8, 0.7), Score(new(4, 4), 0.75, 0.7 - 5e-7)).Chosen.Range);
        Assert.Equal(new LayerRange(5, 5), Choose(0.9, Score(new(4, 4), 0.75, 0.7), Score(new(5, 5), 0.78, 0.7)).Chosen.Range);
        Assert.Equal(new LayerRange(1, 1), Choose(0.9, Score(new(5, 5), 0.78, 0.7), Score(new(1, 1), 0.78, 0.7)).Chosen.Range);
    }

    [Fact]
    public void Nothing_is_taken_where_no_range_stays_valid_or_is_more_diverse()
    {
        RestoreChoice none = Choose(0.9, Score(new(0, 0), 0.1, 0.9));
        RestoreChoice lower = Choose(0.9, Score(new(0, 0), 0.8, 0.4 + 5e-7), Score(new(0, 1), 0.8, 0.2));

        Assert.Null(none.Chosen.Range);
        Assert.Equal("nothing is restored: none of the 1 ranges keeps a validity of 0.7200 (0.9 of the model's own 0.8000)", none.Reason);
        Assert.Null(lower.Chosen.Range);
        Assert.EndsWith("none is more diverse than the model as it is", lower.Reason, StringComparison.Ordinal);
    }

    private static RestoreChoice Choose(double minValidity, params RangeScore[] ranges) =>
        RestoreChoice.Of(new RestoreTriangle(Post, [.. ranges], null, 0, 0), minValidity);

    private static RangeScore Score(LayerRange? range, double validity, double diversity) => new(range, [new CharacterScore(validity, diversity, diversity)]);
}
