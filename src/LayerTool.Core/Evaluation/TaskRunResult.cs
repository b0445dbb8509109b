using System.Collections.Immutable;
using LayerTool.Evaluation.Likelihood;
using LayerTool.Evaluation.Metrics;

namespace LayerTool.Evaluation;

/// <summary>What a run of tasks gave.</summary>
/// <param name="ByPlan">For each plan the results of the tasks.</param>
/// <param name="Cut">For each task the requests whose context was longer than the model reads; its left end was left out.</param>
/// <param name="Cost">What was computed for the likelihoods.</param>
/// <param name="Duration">How long it took.</param>
public sealed record TaskRunResult(ImmutableArray<ImmutableArray<TaskResult>> ByPlan, ImmutableArray<int> Cut, LikelihoodCost Cost, TimeSpan Duration);
