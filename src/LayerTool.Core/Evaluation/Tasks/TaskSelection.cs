using System.Collections.Immutable;

namespace LayerTool.Evaluation.Tasks;

/// <summary>What a command line's names of tasks stand for.</summary>
/// <param name="Tasks">The tasks, each once.</param>
/// <param name="Groups">The groups, outer ones first.</param>
public sealed record TaskSelection(ImmutableArray<EvaluationTask> Tasks, ImmutableArray<TaskGroup> Groups);
