using LayerTool.Models;
using LayerTool.Plans;

namespace LayerTool.Evaluation;

/// <summary>One side of a comparison.</summary>
/// <param name="Decoder">The model; both sides may share one.</param>
/// <param name="Plan">What is played.</param>
public sealed record ComparedPlan(Decoder Decoder, LayerPlan Plan);
