using LayerTool.Evaluation.Tasks;

namespace LayerTool.Evaluation.Metrics;

/// <summary>A metric over all documents of a task.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Filter">The filter; <c>none</c> where there are none.</param>
/// <param name="Value">Its value.</param>
/// <param name="StandardError">Its standard error, or null where there is none.</param>
public sealed record MetricResult(MetricKind Metric, string Filter, double Value, double? StandardError)
{
    /// <summary>The harness's name of the value: <c>acc,none</c>.</summary>
    public string Key => $"{Metric.Name()},{Filter}";

    /// <summary>The harness's name of the standard error: <c>acc_stderr,none</c>.</summary>
    public string ErrorKey => $"{Metric.Name()}_stderr,{Filter}";
}
