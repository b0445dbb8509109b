using LayerTool.Evaluation.Diversity;
using Xunit;

namespace LayerTool.Tests.Evaluation.Diversity;

public sealed class CharacterScoreTests
{
    private const double Tolerance = 1e-12;

    [Fact]
    public void A_uniform_answer_is_as_diverse_as_can_be()
    {
        CharacterScore score = CharacterScore.Of([0.25, 0.25, 0.25, 0.25]);

        Assert.Equal(1, score.Validity, Tolerance);
        Assert.Equal(Math.Log(4), score.Entropy, Tolerance);
        Assert.Equal(1, score.Diversity, Tolerance);
    }

    [Fact]
    public void One_answer_alone_is_not_diverse()
    {
        Assert.Equal(new CharacterScore(0.7, 0, 0), CharacterScore.Of([0, 0.7, 0]));
    }

    [Fact]
    public void What_is_not_valid_lowers_validity_and_leaves_diversity_as_it_is()
    {
        CharacterScore whole = CharacterScore.Of([0.5, 0.3, 0.2]);
        CharacterScore half = CharacterScore.Of([0.25, 0.15, 0.1]);

        Assert.Equal(0.5, half.Validity, Tolerance);
        Assert.Equal(whole.Diversity, half.Diversity, Tolerance);
    }

    [Fact]
    public void An_answer_that_never_is_valid_has_no_diversity()
    {
        Assert.Equal(default, CharacterScore.Of([0, 0]));
    }
}
