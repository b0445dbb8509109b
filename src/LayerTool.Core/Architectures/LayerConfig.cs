namespace LayerTool.Architectures;

/// <summary>What may differ from layer to layer of one checkpoint. A layer keeps it wherever a plan plays it.</summary>
/// <param name="SlidingWindow">Number of tokens that attention sees, the own one included; null for all before it.</param>
public sealed record LayerConfig(int? SlidingWindow);
