using System.Collections.Immutable;
using LayerTool.Evaluation.Tasks;

namespace LayerTool.Evaluation.Metrics;

/// <summary>A document with the model's answers and what they are worth.</summary>
/// <param name="Document">The document.</param>
/// <param name="Answers">An answer for each request.</param>
/// <param name="Filtered">Of texts: what each filter took out.</param>
/// <param name="Values">Each metric's part, by metric and filter (<c>none</c> where there are no filters).</param>
public sealed record DocumentResult(
    PreparedDocument Document,
    ImmutableArray<RequestAnswer> Answers,
    ImmutableArray<(string Filter, string Text)> Filtered,
    ImmutableArray<(MetricKind Metric, string Filter, MetricValue Value)> Values)
{
    /// <summary>The part of a metric.</summary>
    public MetricValue Value(MetricKind metric, string filter = "none") => Values.First(value => value.Metric == metric && value.Filter == filter).Value;
}
