using LayerTool.Evaluation.Diversity;
using Xunit;

namespace LayerTool.Tests.Evaluation.Diversity;

public sealed class TextDiversityTests
{
    [Fact]
    public void Runs_of_words_are_counted_over_all_answers()
    {
        string[][] answers = [TextDiversity.Words("The cat sat"), TextDiversity.Words(" the  CAT ran\n"), TextDiversity.Words("the")];

        Assert.Equal(4.0 / 7, TextDiversity.Distinct(answers, 1), 1e-12); // the, cat, sat, ran
        Assert.Equal(3.0 / 4, TextDiversity.Distinct(answers, 2), 1e-12); // the cat, cat sat, cat ran
        Assert.Equal(1, TextDiversity.Distinct(answers, 3));
        Assert.Equal(0, TextDiversity.Distinct(answers, 4));
    }

    [Fact]
    public void Answers_that_are_all_the_same_have_a_self_bleu_of_one()
    {
        Assert.Equal(1, SelfBleu("to be or not to be", "to be or not to be", "To be or not to be"), 1e-12);
        Assert.Equal(1, SelfBleu("yes", "Yes"), 1e-12);
        Assert.Equal(1, SelfBleu("", " "), 1e-12);
    }

    [Fact]
    public void Answers_that_share_nothing_have_a_self_bleu_of_a_tenth_of_a_match()
    {
        // One word each: 0.1 of 1. Two words: the root of (0.1 / 2) · (0.1 / 1).
        Assert.Equal(0.1, SelfBleu("yes", "no"), 1e-12);
        Assert.Equal(Math.Sqrt(0.05 * 0.1), SelfBleu("one two", "three four"), 1e-12);
    }

    [Fact]
    public void Self_bleu_is_that_of_each_answer_against_the_others()
    {
        // the cat sat: 2 of 3 words, 1 of 2 pairs, a tenth of 1 triple; the cat ran the same.
        double expected = Math.Exp((Math.Log(2.0 / 3) + Math.Log(1.0 / 2) + Math.Log(0.1)) / 3);

        Assert.Equal(expected, SelfBleu("the cat sat", "the cat ran"), 1e-12);
    }

    [Fact]
    public void A_shorter_answer_pays_for_its_length_against_the_nearest_one()
    {
        // "a" in "a b": exp(1 − 2 / 1); "a b" against "a": 1 of 2 words, a tenth of 1 pair.
        Assert.Equal((Math.Exp(-1) + Math.Sqrt(0.5 * 0.1)) / 2, SelfBleu("a", "a b"), 1e-12);
    }

    [Fact]
    public void Unique_answers_do_not_look_at_case_and_space()
    {
        Assert.Equal(2, TextDiversity.Unique([" Paris", "paris\n", "Rome"]));
    }

    [Theory]
    [InlineData(10, 0, 5, 0)]
    [InlineData(10, 10, 1, 1)]
    [InlineData(10, 3, 1, 0.3)]
    [InlineData(10, 3, 10, 1)]
    [InlineData(5, 2, 2, 0.7)] // 1 − 3 / 10
    [InlineData(4, 1, 3, 0.75)] // 1 − 1 / 4
    public void Pass_at_k_is_the_chance_that_one_of_k_is_right(int count, int right, int k, double expected)
    {
        Assert.Equal(expected, TextDiversity.PassAt(count, right, k), 1e-12);
    }

    [Fact]
    public void Answers_are_measured_prompt_by_prompt()
    {
        SampledDiversity result = SampledDiversity.Of(
            [new SampledPrompt("p", ["Sarn", "Tarn"]), new SampledPrompt("q", ["4"])],
            [["Sarn", " tarn", "sarn", "x"], ["4", "4", "5", "6"]]);

        Assert.Equal(3, result.Unique);
        Assert.Equal(1.5, result.Right!.Different);
        Assert.Equal([1, 2, 4], result.Right.PassAt.Select(pass => pass.Count));
        Assert.Equal((0.75 + 0.5) / 2, result.Right.PassAt[0].Probability, 1e-12);
        Assert.Equal(1, result.Right.PassAt[2].Probability, 1e-12);
        Assert.Null(SampledDiversity.Of([new SampledPrompt("p", [])], [["a", "b"]]).Right);
    }

    private static double SelfBleu(params string[] answers) => TextDiversity.SelfBleu([.. answers.Select(TextDiversity.Words)]);
}
