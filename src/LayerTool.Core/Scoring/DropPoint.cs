namespace LayerTool.Scoring;

/// <summary>One point of the curve that dropping by loss draws.</summary>
/// <param name="Count">Units dropped.</param>
/// <param name="Unit">The last of them; null for the plan as it is.</param>
/// <param name="Loss">Mean loss of a token on the calibration text, in nats.</param>
/// <param name="Increase">Relative to the plan as it is: 0.02 is 2 % more.</param>
/// <param name="IsKept">Whether the loss is within the limit.</param>
public sealed record DropPoint(int Count, DropUnit? Unit, double Loss, double Increase, bool IsKept);
