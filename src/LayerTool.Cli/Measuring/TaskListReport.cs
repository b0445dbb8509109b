using LayerTool.Cli.Options;
using LayerTool.Cli.Output;
using LayerTool.Evaluation.Tasks;

namespace LayerTool.Cli.Measuring;

/// <summary>The tasks that can be named, and where their data comes from.</summary>
internal sealed class TaskListReport(HarnessRequest request) : IReport
{
    private readonly TaskCatalog _catalog = TaskEvaluator.Catalog(request.Tasks);

    public string Schema => "layertool.tasks/1";

    public object Json => new
    {
        Tasks = _catalog.Tasks.Select(task => new
        {
            task.Name,
            task.Version,
            task.Output,
            Shots = task.Shots,
            Metrics = task.Metrics.Select(metric => metric.Name()),
            Data = task.Data.Repository,
            task.Data.Configuration,
            Split = task.EvaluatedSplit,
        }),
        Groups = _catalog.Groups.Select(group => new { group.Name, group.Version, Members = group.Members.ToArray() }),
    };

    public void WriteText(ReportWriter writer)
    {
        writer.Table(
            ["task", "metrics", "data", "split"],
            _catalog.Tasks.Select(task => (IReadOnlyList<string>)
            [
                task.Name,
                string.Join(", ", task.Metrics.Select(metric => metric.Name())),
                task.Data.Configuration is string configuration ? $"{task.Data.Repository}, {configuration}" : task.Data.Repository,
                task.EvaluatedSplit,
            ]));
        writer.Line();
        writer.Table(
            ["group", "members"],
            _catalog.Groups.Select(group => (IReadOnlyList<string>)
            [
                group.Name, group.Members.Length > 4 ? $"{string.Join(", ", group.Members.Take(3))}, … ({group.Members.Length})" : string.Join(", ", group.Members),
            ]));
    }
}
