using System.Collections.Immutable;

namespace LayerTool.Evaluation.Diversity;

/// <summary>How different drawn answers are: means over prompts.</summary>
/// <param name="Distinct">distinct-1, distinct-2, distinct-3.</param>
/// <param name="SelfBleu">Mean BLEU of each answer against the others.</param>
/// <param name="Unique">Different answers to a prompt.</param>
/// <param name="Right">What of right answers can be said; null where a prompt names none.</param>
public sealed record SampledDiversity(ImmutableArray<double> Distinct, double SelfBleu, double Unique, RightAnswers? Right)
{
    private const int LongestGram = 3;

    /// <summary>Measures answers.</summary>
    /// <param name="prompts">The prompts.</param>
    /// <param name="answers">For each prompt its answers; at least two each.</param>
    public static SampledDiversity Of(ImmutableArray<SampledPrompt> prompts, IReadOnlyList<IReadOnlyList<string>> answers)
    {
        ImmutableArray<string[][]> words = [.. answers.Select(texts => texts.Select(TextDiversity.Words).ToArray())];
        return new SampledDiversity(
            [.. Enumerable.Range(1, LongestGram).Select(n => words.Average(texts => TextDiversity.Distinct(texts, n)))],
            words.Average(TextDiversity.SelfBleu),
            answers.Average(TextDiversity.Unique),
            prompts.Any(prompt => prompt.Answers.IsEmpty) ? null : RightAnswers.Of(prompts, answers));
    }
}
