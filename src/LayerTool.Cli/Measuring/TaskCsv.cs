using System.Collections.Immutable;
using System.Globalization;
using LayerTool.Evaluation;
using LayerTool.Evaluation.Metrics;
using LayerTool.Evaluation.Tasks;
using LayerTool.Files;

namespace LayerTool.Cli.Measuring;

/// <summary>Results as comma-separated values: one row a plan, task and metric.</summary>
internal static class TaskCsv
{
    /// <summary>Writes the file.</summary>
    /// <exception cref="Faults.LayerToolException">It cannot be written.</exception>
    public static void Write(string file, ImmutableArray<NamedPlan> plans, PreparedTasks tasks, TaskRunResult run)
    {
        List<string> lines = ["plan,task,version,shots,documents,filter,metric,value,stderr"];
        for (int plan = 0; plan < plans.Length; plan++)
        {
            foreach (GroupResult group in TaskTables.Groups(tasks, run.ByPlan[plan]))
            {
                lines.AddRange(group.Metrics.Select(metric => Line(plans[plan].Name, group.Group.Name, group.Group.Version, null, group.Count, metric)));
            }

            foreach (TaskResult result in run.ByPlan[plan])
            {
                lines.AddRange(result.Metrics.Select(metric => Line(
                    plans[plan].Name, result.Task.Task.Name, result.Task.Task.Version, result.Task.Shots, result.Documents.Length, metric)));
            }
        }

        AsideFile.Write(file, string.Join('\n', [.. lines, ""]), replace: true);
    }

    private static string Line(string plan, string task, double version, int? shots, int documents, MetricResult metric) => string.Join(
        ',',
        Quoted(plan),
        task,
        version.ToString(CultureInfo.InvariantCulture),
        shots?.ToString(CultureInfo.InvariantCulture),
        documents.ToString(CultureInfo.InvariantCulture),
        metric.Filter,
        metric.Metric.Name(),
        metric.Value.ToString("R", CultureInfo.InvariantCulture),
        metric.StandardError?.ToString("R", CultureInfo.InvariantCulture));

    private static string Quoted(string text) => text.AsSpan().ContainsAny(",\"\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
