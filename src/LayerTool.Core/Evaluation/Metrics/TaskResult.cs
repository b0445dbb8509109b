using System.Collections.Immutable;
using LayerTool.Evaluation.Tasks;

namespace LayerTool.Evaluation.Metrics;

/// <summary>A task's documents under one plan, and its metrics.</summary>
/// <param name="Task">The task.</param>
/// <param name="Documents">The documents, in the order of the file.</param>
/// <param name="Metrics">The metrics, in the order of the task.</param>
public sealed record TaskResult(PreparedTask Task, ImmutableArray<DocumentResult> Documents, ImmutableArray<MetricResult> Metrics)
{
    /// <summary>Takes the metrics of scored documents.</summary>
    /// <param name="task">The task.</param>
    /// <param name="documents">Its documents.</param>
    /// <param name="bootstrapIterations">Replicates for standard errors that have no formula; 0 for none at all.</param>
    public static TaskResult Of(PreparedTask task, IEnumerable<DocumentResult> documents, int bootstrapIterations)
    {
        ImmutableArray<DocumentResult> all = [.. documents];
        IEnumerable<string> filters = task.Task.Output == OutputType.GenerateUntil ? task.Task.Filters.Select(filter => filter.Name) : ["none"];
        return new TaskResult(
            task,
            all,
            [
                .. filters.SelectMany(filter => task.Task.Metrics.Select(metric =>
                {
                    MetricValue[] values = [.. all.Select(document => document.Value(metric, filter))];
                    return new MetricResult(metric, filter, Aggregation.Of(metric, values), Aggregation.StandardError(metric, values, bootstrapIterations));
                })),
            ]);
    }
}
