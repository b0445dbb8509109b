namespace LayerTool.Progress;

/// <summary>How far a long run is. Reported often; whoever shows it decides how often to draw.</summary>
/// <param name="Phase">What is being done, such as <c>scoring</c>.</param>
/// <param name="Done">Units done.</param>
/// <param name="Total">Units in all; 0 where unknown.</param>
/// <param name="Unit">What is counted: <c>tokens</c>, <c>bytes</c>, <c>windows</c>.</param>
public sealed record Step(string Phase, long Done, long Total, string Unit);
