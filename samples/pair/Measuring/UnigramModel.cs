namespace LayerTool.Samples.Pair.Measuring;

/// <summary>Knows how frequent each token is, and nothing else: what a model must be far better than.</summary>
internal sealed class UnigramModel
{
    private readonly double[] _logProbabilities;

    /// <param name="training">Token ids that frequencies are counted on; each token is counted once more than it occurs.</param>
    public UnigramModel(IEnumerable<int> training)
    {
        double[] counts = new double[Shape.Vocabulary];
        Array.Fill(counts, 1);
        foreach (int id in training)
        {
            counts[id]++;
        }

        double total = counts.Sum();
        _logProbabilities = [.. counts.Select(count => Math.Log(count / total))];
    }

    /// <summary>e to the mean loss of a token.</summary>
    public double Perplexity(IEnumerable<int> ids) => Math.Exp(-ids.Average(id => _logProbabilities[id]));
}
