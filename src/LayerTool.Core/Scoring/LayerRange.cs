using LayerTool.Plans;

namespace LayerTool.Scoring;

/// <summary>Layers that follow one another, both ends included.</summary>
/// <param name="First">Index of the first layer.</param>
/// <param name="Last">Index of the last layer.</param>
public readonly record struct LayerRange(int First, int Last)
{
    /// <summary>How many layers there are.</summary>
    public int Count => Last - First + 1;

    /// <summary>The layers.</summary>
    public IEnumerable<int> Layers => Enumerable.Range(First, Count);

    /// <summary>As it is written on a command line: <c>3-5</c>, or <c>3</c>.</summary>
    public override string ToString() => LayerList.Print(Layers);
}
