namespace LayerTool.Plans;

/// <summary>An adapter that slots of a plan file carry.</summary>
/// <param name="Path">Its folder as it was given; a relative path counts from the plan file's folder.</param>
/// <param name="Range">Which of the runs of layers is meant, of an adapter that plays layers more than once.</param>
public sealed record PlanAdapter(string Path, int Range = 0);
