using System.Collections.Immutable;

namespace LayerTool.Plans;

/// <summary>What a checkpoint offers to a plan: its layers, and which halves of each it stores.</summary>
/// <param name="Halves">The halves of every layer, by index.</param>
public sealed record SourceLayers(ImmutableArray<LayerHalves> Halves)
{
    /// <summary>Number of layers.</summary>
    public int Count => Halves.Length;
}
