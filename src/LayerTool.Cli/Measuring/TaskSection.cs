using System.Collections.Immutable;
using LayerTool.Cli.Output;
using LayerTool.Evaluation;

namespace LayerTool.Cli.Measuring;

/// <summary>Tasks under the plan before and the plan after an edit, side by side.</summary>
internal sealed class TaskSection(ImmutableArray<NamedPlan> plans, PreparedTasks tasks, TaskRunResult run, RunSettings settings) : ISection
{
    public object Json => new
    {
        Settings = settings,
        Before = TaskJson.Of(tasks, run.ByPlan[0]),
        After = TaskJson.Of(tasks, run.ByPlan[1]),
        Differences = DifferenceTable.Json(plans, run),
    };

    public void WriteText(ReportWriter writer)
    {
        writer.Line();
        DifferenceTable.Write(writer, plans, run);
        writer.Line();
        writer.Line($"computed in {settings.Dtype} on {settings.Device}");
    }
}
