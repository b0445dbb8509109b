using System.Collections.Immutable;
using LayerTool.Evaluation.Tasks;

namespace LayerTool.Cli.Measuring;

/// <summary>Tasks that are ready to be run, and the groups that are reported with them.</summary>
/// <param name="Tasks">The tasks.</param>
/// <param name="Groups">The groups, outer ones first.</param>
internal sealed record PreparedTasks(ImmutableArray<PreparedTask> Tasks, ImmutableArray<TaskGroup> Groups);
