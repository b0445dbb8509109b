using System.Collections.Immutable;

namespace LayerTool.Evaluation.Diversity;

/// <summary>Drawn answers against the right ones: means over prompts. An answer is right as a whole, in whatever case.</summary>
/// <param name="PassAt">For 1 and the powers of two up to the answers drawn, and for all of them: the probability that one of so many is right.</param>
/// <param name="Different">Different right answers among those drawn.</param>
public sealed record RightAnswers(ImmutableArray<(int Count, double Probability)> PassAt, double Different)
{
    /// <summary>Compares answers.</summary>
    /// <param name="prompts">The prompts, each with its right answers.</param>
    /// <param name="answers">For each prompt as many answers.</param>
    public static RightAnswers Of(ImmutableArray<SampledPrompt> prompts, IReadOnlyList<IReadOnlyList<string>> answers)
    {
        int drawn = answers[0].Count;
        string[][] right =
        [
            .. prompts.Select((prompt, index) =>
            {
                HashSet<string> wanted = [.. prompt.Answers.Select(TextDiversity.Plain)];
                return answers[index].Select(TextDiversity.Plain).Where(wanted.Contains).ToArray();
            }),
        ];
        return new RightAnswers(
            [.. Counts(drawn).Select(count => (count, right.Average(texts => TextDiversity.PassAt(drawn, texts.Length, count))))],
            right.Average(texts => (double)texts.Distinct(StringComparer.Ordinal).Count()));
    }

    private static IEnumerable<int> Counts(int drawn)
    {
        for (int count = 1; count < drawn; count *= 2)
        {
            yield return count;
        }

        yield return drawn;
    }
}
