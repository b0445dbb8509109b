using System.Collections.Immutable;

namespace LayerTool.Plans;

/// <summary>Scores that layers were chosen by: one finite number a layer of <see cref="LayerPlan.Main"/>, low where it matters least.</summary>
/// <param name="Measure">What the numbers are, such as <c>cosine</c>.</param>
/// <param name="Attention">Of attention, by layer; empty where not taken.</param>
/// <param name="Mlp">Of the MLP, by layer; empty where not taken.</param>
/// <param name="Block">Of whole layers, by layer; empty where not taken.</param>
public sealed record PlanScores(string Measure, ImmutableArray<double> Attention, ImmutableArray<double> Mlp, ImmutableArray<double> Block);
