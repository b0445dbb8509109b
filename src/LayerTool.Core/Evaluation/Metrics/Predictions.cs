namespace LayerTool.Evaluation.Metrics;

/// <summary>Which choice is taken, by several rules: the first of the likeliest.</summary>
internal static class Predictions
{
    /// <summary>By the sum of log-probabilities.</summary>
    public static int Plain(IReadOnlyList<double> likelihoods) => First(likelihoods);

    /// <summary>By the sum divided by a length each.</summary>
    public static int PerUnit(IReadOnlyList<double> likelihoods, IEnumerable<int> lengths) =>
        First([.. likelihoods.Zip(lengths, (likelihood, length) => likelihood / length)]);

    /// <summary>By the sum less that of the choice on its own.</summary>
    public static int MutualInformation(IReadOnlyList<double> likelihoods, IReadOnlyList<double> alone) =>
        First([.. likelihoods.Zip(alone, (likelihood, own) => likelihood - own)]);

    /// <summary>Squared distance of the choices' probabilities from the right answer.</summary>
    public static double Brier(IReadOnlyList<double> likelihoods, int gold)
    {
        double largest = likelihoods.Max();
        double[] weights = [.. likelihoods.Select(likelihood => Math.Exp(likelihood - largest))];
        double total = weights.Sum();
        return weights.Select((weight, index) => Math.Pow((weight / total) - (index == gold ? 1 : 0), 2)).Sum();
    }

    private static int First(IReadOnlyList<double> values)
    {
        int best = 0;
        for (int index = 1; index < values.Count; index++)
        {
            if (values[index] > values[best])
            {
                best = index;
            }
        }

        return best;
    }
}
