using System.Collections.Immutable;
using LayerTool.Python;

namespace LayerTool.Evaluation.Tasks;

/// <summary>The metrics of a task's file.</summary>
internal static class TaskYamlMetrics
{
    private static readonly Dictionary<OutputType, MetricKind[]> ByDefault = new()
    {
        [OutputType.LogLikelihood] = [MetricKind.Perplexity, MetricKind.Accuracy],
        [OutputType.Rolling] = [MetricKind.WordPerplexity, MetricKind.BytePerplexity, MetricKind.BitsPerByte],
        [OutputType.MultipleChoice] = [MetricKind.Accuracy, MetricKind.AccuracyByCharacters],
        [OutputType.GenerateUntil] = [MetricKind.ExactMatch],
    };

    private static readonly Dictionary<MetricKind, string> Aggregations = new()
    {
        [MetricKind.Perplexity] = "perplexity",
        [MetricKind.WordPerplexity] = "weighted_perplexity",
        [MetricKind.BytePerplexity] = "weighted_perplexity",
        [MetricKind.TokenPerplexity] = "weighted_perplexity",
        [MetricKind.BitsPerByte] = "bits_per_byte",
        [MetricKind.BrierScore] = "brier_score",
        [MetricKind.F1] = "f1",
        [MetricKind.Matthews] = "matthews_corrcoef",
    };

    /// <summary>Reads <c>metric_list</c>; those of the kind of answers where it is absent.</summary>
    /// <param name="keys">The file.</param>
    /// <param name="output">The kind of answers.</param>
    /// <param name="exactMatch">What <c>exact_match</c> cleans.</param>
    public static ImmutableArray<MetricKind> Read(TaskKeys keys, OutputType output, out ExactMatchRules exactMatch)
    {
        exactMatch = ExactMatchRules.None;
        List<MetricKind> metrics = [];
        foreach (TaskKeys entry in keys.Mappings("metric_list"))
        {
            entry.ExpectOnly(["metric", "aggregation", "higher_is_better", "ignore_case", "ignore_punctuation", "ignore_numbers", "regexes_to_ignore", "hf_evaluate"]);
            string name = entry.Text("metric") ?? throw entry.Missing("metric");
            MetricKind metric = MetricNames.Find(name)
                ?? throw entry.Fault("metric", $"is `{name}`, which is not known", $"expected one of {string.Join(", ", MetricNames.All.Select(known => $"`{known}`"))}");
            string usual = Aggregations.GetValueOrDefault(metric, "mean");
            if (entry.Text("aggregation") is string aggregation && aggregation != usual)
            {
                throw entry.Fault("aggregation", $"is `{aggregation}`", $"expected `{usual}`, which is how `{name}` is taken over documents");
            }

            metrics.Add(metric);
            exactMatch = metric == MetricKind.ExactMatch ? Rules(entry) : exactMatch;
        }

        return metrics.Count > 0 ? [.. metrics] : [.. ByDefault[output]];
    }

    private static ExactMatchRules Rules(TaskKeys entry)
    {
        ImmutableArray<string> ignored = entry.Texts("regexes_to_ignore") ?? [];
        foreach (string pattern in ignored)
        {
            _ = new PythonRegex(pattern); // said now, not at the first answer
        }

        return new ExactMatchRules(ignored, entry.Flag("ignore_case") ?? false, entry.Flag("ignore_punctuation") ?? false, entry.Flag("ignore_numbers") ?? false);
    }
}
