namespace LayerTool.Evaluation.Diversity;

/// <summary>How a model answers prompts for random characters.</summary>
/// <param name="Validity">Probability of a valid answer: 0 to 1.</param>
/// <param name="Entropy">Entropy of the answer, given that it is valid, in nats.</param>
/// <param name="Diversity">The same over that of the uniform distribution: 0 to 1, so that sets of any size weigh alike.</param>
public readonly record struct CharacterScore(double Validity, double Entropy, double Diversity)
{
    /// <summary>The score of one prompt.</summary>
    /// <param name="masses">Probability of each valid answer, in all its spellings; at least two.</param>
    /// <returns>Entropy 0 where no valid answer has any probability.</returns>
    public static CharacterScore Of(ReadOnlySpan<double> masses)
    {
        double total = 0;
        foreach (double mass in masses)
        {
            total += mass;
        }

        double entropy = 0;
        foreach (double mass in masses)
        {
            entropy -= mass > 0 ? mass / total * Math.Log(mass / total) : 0;
        }

        return new CharacterScore(total, entropy, entropy / Math.Log(masses.Length));
    }

    /// <summary>The mean over prompts.</summary>
    /// <param name="scores">At least one.</param>
    public static CharacterScore Mean(IReadOnlyCollection<CharacterScore> scores) => new(
        scores.Average(score => score.Validity), scores.Average(score => score.Entropy), scores.Average(score => score.Diversity));
}
