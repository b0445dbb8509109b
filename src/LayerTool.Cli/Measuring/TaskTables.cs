using System.Collections.Immutable;
using System.Globalization;
using LayerTool.Cli.Output;
using LayerTool.Evaluation.Metrics;
using LayerTool.Evaluation.Tasks;

namespace LayerTool.Cli.Measuring;

/// <summary>Results of tasks as rows of a table, groups in front of their tasks.</summary>
internal static class TaskTables
{
    /// <summary>One row a metric of one plan: task, version, shots, filter, metric, value, standard error.</summary>
    public static IEnumerable<IReadOnlyList<string>> Rows(PreparedTasks tasks, ImmutableArray<TaskResult> results)
    {
        foreach (GroupResult group in Groups(tasks, results))
        {
            foreach (IReadOnlyList<string> row in Rows(group.Group.Name, group.Group.Version, "", group.Metrics))
            {
                yield return row;
            }
        }

        foreach (TaskResult result in results)
        {
            string shots = result.Task.Shots.ToString(CultureInfo.InvariantCulture);
            foreach (IReadOnlyList<string> row in Rows(result.Task.Task.Name, result.Task.Task.Version, shots, result.Metrics))
            {
                yield return row;
            }
        }
    }

    /// <summary>Results of the groups.</summary>
    public static IEnumerable<GroupResult> Groups(PreparedTasks tasks, ImmutableArray<TaskResult> results) => tasks.Groups.Select(group =>
    {
        HashSet<string> members = Members(group, tasks.Groups);
        return GroupResult.Of(group, [.. results.Where(result => members.Contains(result.Task.Task.Name))]);
    });

    /// <summary>A metric's value as people read it.</summary>
    public static string Value(MetricKind metric, double value) => metric.Name().EndsWith("perplexity", StringComparison.Ordinal)
        ? Quantity.Perplexity(value)
        : value.ToString("0.0000", CultureInfo.InvariantCulture);

    private static HashSet<string> Members(TaskGroup group, ImmutableArray<TaskGroup> groups)
    {
        HashSet<string> members = [.. group.Members];
        foreach (TaskGroup inner in groups.Where(other => group.Members.Contains(other.Name)))
        {
            members.UnionWith(Members(inner, groups));
        }

        return members;
    }

    private static IEnumerable<IReadOnlyList<string>> Rows(string name, double version, string shots, ImmutableArray<MetricResult> metrics)
    {
        bool first = true;
        foreach (MetricResult metric in metrics)
        {
            yield return
            [
                first ? name : "",
                first ? version.ToString(CultureInfo.InvariantCulture) : "",
                first ? shots : "",
                metric.Filter,
                metric.Metric.Name(),
                metric.Metric.HigherIsBetter() ? "higher" : "lower",
                Value(metric.Metric, metric.Value),
                metric.StandardError is double error ? $"± {Value(metric.Metric, error)}" : "",
            ];
            first = false;
        }
    }
}
