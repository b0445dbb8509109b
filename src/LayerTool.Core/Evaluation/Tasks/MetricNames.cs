namespace LayerTool.Evaluation.Tasks;

/// <summary>The harness's names of metrics.</summary>
public static class MetricNames
{
    private static readonly Dictionary<MetricKind, string> Names = new()
    {
        [MetricKind.Accuracy] = "acc",
        [MetricKind.AccuracyByCharacters] = "acc_norm",
        [MetricKind.AccuracyByBytes] = "acc_bytes",
        [MetricKind.AccuracyByMutualInformation] = "acc_mutual_info",
        [MetricKind.ExactMatch] = "exact_match",
        [MetricKind.BrierScore] = "brier_score",
        [MetricKind.F1] = "f1",
        [MetricKind.Matthews] = "mcc",
        [MetricKind.Perplexity] = "perplexity",
        [MetricKind.WordPerplexity] = "word_perplexity",
        [MetricKind.BytePerplexity] = "byte_perplexity",
        [MetricKind.BitsPerByte] = "bits_per_byte",
        [MetricKind.TokenPerplexity] = "token_perplexity",
    };

    /// <summary>All names.</summary>
    public static IReadOnlyCollection<string> All => Names.Values;

    /// <summary>The name of a metric.</summary>
    public static string Name(this MetricKind metric) => Names[metric];

    /// <summary>The metric of a name, or null.</summary>
    public static MetricKind? Find(string name) => Names.Where(pair => pair.Value == name).Select(pair => (MetricKind?)pair.Key).FirstOrDefault();

    /// <summary>Whether more is better.</summary>
    public static bool HigherIsBetter(this MetricKind metric) => metric is not (MetricKind.BrierScore or MetricKind.Perplexity
        or MetricKind.WordPerplexity or MetricKind.BytePerplexity or MetricKind.BitsPerByte or MetricKind.TokenPerplexity);
}
