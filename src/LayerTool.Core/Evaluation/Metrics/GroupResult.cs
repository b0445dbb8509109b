using System.Collections.Immutable;
using LayerTool.Evaluation.Tasks;

namespace LayerTool.Evaluation.Metrics;

/// <summary>A group's metrics: means of its tasks' weighted by their documents, standard errors pooled.</summary>
/// <param name="Group">The group.</param>
/// <param name="Count">Documents of all its tasks.</param>
/// <param name="Metrics">The metrics.</param>
public sealed record GroupResult(TaskGroup Group, int Count, ImmutableArray<MetricResult> Metrics)
{
    /// <summary>Takes the metrics that all of a group's tasks have.</summary>
    /// <param name="group">The group.</param>
    /// <param name="members">Results of all its tasks.</param>
    public static GroupResult Of(TaskGroup group, IReadOnlyList<TaskResult> members)
    {
        int count = members.Sum(member => member.Documents.Length);
        return new GroupResult(
            group,
            count,
            [
                .. members[0].Metrics.Select(first => (first.Metric, first.Filter, Of: members.Select(member => (
                        Result: member.Metrics.FirstOrDefault(metric => metric.Key == first.Key), Count: member.Documents.Length)).ToArray()))
                    .Where(metric => metric.Of.All(member => member.Result is not null))
                    .Select(metric => new MetricResult(
                        metric.Metric,
                        metric.Filter,
                        metric.Of.Sum(member => member.Result!.Value * member.Count) / count,
                        metric.Of.All(member => member.Result!.StandardError is not null)
                            ? Aggregation.Pooled([.. metric.Of.Select(member => (member.Result!.StandardError!.Value, member.Count))])
                            : null)),
            ]);
    }
}
