namespace LayerTool.Evaluation.Diversity;

/// <summary>How different several answers to one prompt are. A word is what white space leaves together, in lower case.</summary>
public static class TextDiversity
{
    private const int LongestGram = 4;
    private const double Smoothing = 0.1;

    /// <summary>An answer as it is compared: without white space around it, in lower case.</summary>
    public static string Plain(string text) => text.Trim().ToLowerInvariant();

    /// <summary>The words of a text.</summary>
    public static string[] Words(string text) => Plain(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Different answers, as <see cref="Plain"/> has them.</summary>
    public static int Unique(IEnumerable<string> texts) => texts.Select(Plain).Distinct(StringComparer.Ordinal).Count();

    /// <summary>Different runs of n words over all of them (distinct-n, Li et al. 2016), the answers together; 0 where there is none.</summary>
    /// <param name="answers">The words of each answer.</param>
    /// <param name="n">Words of a run.</param>
    public static double Distinct(IReadOnlyCollection<string[]> answers, int n)
    {
        string[] grams = [.. answers.SelectMany(words => Grams(words, n))];
        return grams.Length == 0 ? 0 : (double)grams.Distinct(StringComparer.Ordinal).Count() / grams.Length;
    }

    /// <summary>
    /// Mean BLEU of each answer against all others (self-BLEU, Zhu et al. 2018): 1 where all are the same, near 0 where they have
    /// nothing in common. Runs of up to 4 words, fewer in shorter answers; a length without a match counts as a tenth of one
    /// (Chen and Cherry 2014, the first method).
    /// </summary>
    /// <param name="answers">The words of each answer; at least two.</param>
    public static double SelfBleu(IReadOnlyList<string[]> answers) =>
        answers.Select((words, index) => Bleu(words, [.. answers.Where((_, other) => other != index)])).Average();

    /// <summary>
    /// Probability that one of k answers is right, estimated from more than k (pass@k, Chen et al. 2021): 1 − C(n − c, k) / C(n, k).
    /// </summary>
    /// <param name="count">n: answers drawn, at least k.</param>
    /// <param name="right">c: how many of them are right.</param>
    /// <param name="k">Answers that may be given.</param>
    public static double PassAt(int count, int right, int k)
    {
        double none = 1;
        for (int index = 0; index < k; index++)
        {
            none *= Math.Max(0, (double)(count - right - index) / (count - index));
        }

        return 1 - none;
    }

    private static double Bleu(string[] words, IReadOnlyList<string[]> references)
    {
        if (words.Length == 0)
        {
            return references.Any(reference => reference.Length == 0) ? 1 : 0;
        }

        int longest = Math.Min(LongestGram, words.Length);
        double logarithms = 0;
        for (int n = 1; n <= longest; n++)
        {
            Dictionary<string, int> own = Grams(words, n).CountBy(gram => gram, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
            Dictionary<string, int> known = references
                .SelectMany(reference => Grams(reference, n).CountBy(gram => gram, StringComparer.Ordinal))
                .GroupBy(pair => pair.Key, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.Max(pair => pair.Value), StringComparer.Ordinal);
            double matched = own.Sum(pair => Math.Min(pair.Value, known.GetValueOrDefault(pair.Key)));
            logarithms += Math.Log(Math.Max(matched, Smoothing) / own.Values.Sum()) / longest;
        }

        // Of the answer nearest in length, the shorter one on a tie.
        int closest = references.Select(reference => reference.Length).OrderBy(length => Math.Abs(length - words.Length)).ThenBy(length => length).First();
        double brevity = words.Length >= closest ? 0 : 1 - ((double)closest / words.Length);
        return Math.Exp(logarithms + brevity);
    }

    private static IEnumerable<string> Grams(string[] words, int n) =>
        Enumerable.Range(0, Math.Max(0, words.Length - n + 1)).Select(start => string.Join(' ', words.AsSpan(start, n)));
}
