using System.Collections.Immutable;
using LayerTool.Evaluation.Metrics;
using LayerTool.Evaluation.Tasks;

namespace LayerTool.Cli.Measuring;

/// <summary>Results of tasks in the harness's JSON form: the parts of its document that hold one entry a task.</summary>
internal static class TaskJson
{
    private const string NotAvailable = "N/A";

    /// <summary>The parts, in the harness's order.</summary>
    /// <param name="tasks">The tasks.</param>
    /// <param name="results">Their results under one plan.</param>
    public static OrderedDictionary<string, object> Of(PreparedTasks tasks, ImmutableArray<TaskResult> results)
    {
        GroupResult[] groups = [.. TaskTables.Groups(tasks, results)];
        OrderedDictionary<string, object> document = new()
        {
            ["results"] = Entries(
                [.. groups.Select(group => (group.Group.Name, Metrics(group.Group.Alias ?? group.Group.Name, group.Metrics, group.Count)))],
                [.. results.Select(result => (result.Task.Task.Name, Metrics(result.Task.Task.Alias ?? result.Task.Task.Name, result.Metrics, result.Documents.Length)))]),
        };
        if (groups.Length > 0)
        {
            document["groups"] = Entries([.. groups.Select(group => (group.Group.Name, Metrics(group.Group.Alias ?? group.Group.Name, group.Metrics, group.Count)))]);
        }

        document["group_subtasks"] = Entries(
            [.. groups.Select(group => (group.Group.Name, (object)group.Group.Members))],
            groups.Length > 0 ? [] : [.. results.Select(result => (result.Task.Task.Name, (object)Array.Empty<string>()))]);
        document["configs"] = Entries([.. results.Select(result => (result.Task.Task.Name, Config(result.Task)))]);
        document["versions"] = Entries(
            [.. groups.Select(group => (group.Group.Name, (object)group.Group.Version))], [.. results.Select(result => (result.Task.Task.Name, (object)result.Task.Task.Version))]);
        document["n-shot"] = Entries([.. results.Select(result => (result.Task.Task.Name, (object)result.Task.Shots))]);
        document["higher_is_better"] = Entries([.. results.Select(result => (result.Task.Task.Name, HigherIsBetter(result.Task.Task)))]);
        document["n-samples"] = Entries(
            [.. results.Select(result => (result.Task.Task.Name, (object)new { original = result.Task.Original, effective = result.Documents.Length }))]);
        return document;
    }

    private static OrderedDictionary<string, object> Entries(params ReadOnlySpan<(string Name, object Value)[]> lists)
    {
        OrderedDictionary<string, object> entries = [];
        foreach ((string name, object value) in lists.ToArray().SelectMany(list => list))
        {
            entries[name] = value;
        }

        return entries;
    }

    private static OrderedDictionary<string, object> Metrics(string alias, ImmutableArray<MetricResult> metrics, int documents)
    {
        OrderedDictionary<string, object> fields = new() { ["alias"] = alias, ["sample_len"] = documents };
        foreach (MetricResult metric in metrics)
        {
            fields[metric.Key] = metric.Value;
            fields[metric.ErrorKey] = metric.StandardError is double error ? error : NotAvailable;
        }

        return fields;
    }

    private static OrderedDictionary<string, object?> Config(PreparedTask task) => new OrderedDictionary<string, object?>
    {
        ["task"] = task.Task.Name,
        ["dataset_path"] = task.Task.Data.Repository,
        ["dataset_name"] = task.Task.Data.Configuration,
        ["evaluated_split"] = task.Split,
        ["output_type"] = Name(task.Task.Output),
        ["description"] = task.Task.Description,
        ["target_delimiter"] = task.Task.TargetDelimiter,
        ["fewshot_delimiter"] = task.Task.FewshotDelimiter,
        ["num_fewshot"] = task.Shots,
        ["metric_list"] = task.Task.Metrics.Select(metric => new OrderedDictionary<string, object> { ["metric"] = metric.Name(), ["higher_is_better"] = metric.HigherIsBetter() }),
        ["metadata"] = new OrderedDictionary<string, object> { ["version"] = task.Task.Version },
    };

    private static OrderedDictionary<string, object> HigherIsBetter(EvaluationTask task)
    {
        OrderedDictionary<string, object> fields = [];
        foreach (MetricKind metric in task.Metrics)
        {
            fields[metric.Name()] = metric.HigherIsBetter();
        }

        return fields;
    }

    private static string Name(OutputType output) => output switch
    {
        OutputType.LogLikelihood => "loglikelihood",
        OutputType.MultipleChoice => "multiple_choice",
        OutputType.Rolling => "loglikelihood_rolling",
        _ => "generate_until",
    };
}
