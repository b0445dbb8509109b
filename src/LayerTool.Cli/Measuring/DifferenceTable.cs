using System.Collections.Immutable;
using System.Globalization;
using LayerTool.Cli.Output;
using LayerTool.Evaluation;
using LayerTool.Evaluation.Metrics;
using LayerTool.Evaluation.Tasks;

namespace LayerTool.Cli.Measuring;

/// <summary>Several plans on the same documents: each against the first.</summary>
internal static class DifferenceTable
{
    /// <summary>One row a task, metric and plan.</summary>
    public static void Write(ReportWriter writer, ImmutableArray<NamedPlan> plans, TaskRunResult run) => writer.Table(
        ["task", "metric", "plan", Column.Number("value"), Column.Number("difference"), Column.Number("95 % interval"), Column.Number("gained"), Column.Number("lost")],
        Rows(plans, run).Select(row => (IReadOnlyList<string>)
        [
            row.Plan == 0 ? row.Task : "",
            row.Plan == 0 ? row.Metric.Filter == "none" ? row.Metric.Metric.Name() : row.Metric.Key : "",
            plans[row.Plan].Name,
            TaskTables.Value(row.Metric.Metric, row.Metric.Value),
            row.Paired is PairedDifference paired ? Signed(paired, paired.Difference) : "",
            row.Paired is { Low: double low, High: double high } interval ? $"{Signed(interval, low)} … {Signed(interval, high)}" : "",
            row.Paired?.Gained?.ToString(CultureInfo.InvariantCulture) ?? "",
            row.Paired?.Lost?.ToString(CultureInfo.InvariantCulture) ?? "",
        ]));

    /// <summary>The differences for programs.</summary>
    public static IReadOnlyList<object> Json(ImmutableArray<NamedPlan> plans, TaskRunResult run) =>
    [
        .. Rows(plans, run).Where(row => row.Paired is not null).Select(row => (object)new OrderedDictionary<string, object?>
        {
            ["task"] = row.Task,
            ["metric"] = row.Metric.Key,
            ["first"] = plans[0].Name,
            ["second"] = plans[row.Plan].Name,
            ["difference"] = row.Paired!.Difference,
            ["low"] = row.Paired.Low,
            ["high"] = row.Paired.High,
            ["gained"] = row.Paired.Gained,
            ["lost"] = row.Paired.Lost,
        }),
    ];

    private static IEnumerable<(string Task, int Plan, MetricResult Metric, PairedDifference? Paired)> Rows(ImmutableArray<NamedPlan> plans, TaskRunResult run) =>
        from task in Enumerable.Range(0, run.ByPlan[0].Length)
        from metric in Enumerable.Range(0, run.ByPlan[0][task].Metrics.Length)
        from plan in Enumerable.Range(0, plans.Length)
        let result = run.ByPlan[plan][task]
        select (
            result.Task.Task.Name,
            plan,
            result.Metrics[metric],
            plan == 0 ? null : PairedDifference.Of(run.ByPlan[0][task], result, result.Metrics[metric]));

    private static string Signed(PairedDifference paired, double value)
    {
        string text = TaskTables.Value(paired.Metric, Math.Abs(value));
        return (value < 0 ? "-" : "+") + text;
    }
}
