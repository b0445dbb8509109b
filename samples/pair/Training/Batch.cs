namespace LayerTool.Samples.Pair.Training;

/// <summary>Rows of equal length for one step.</summary>
/// <param name="Rows">Number of rows.</param>
/// <param name="Ids">What is read, row after row.</param>
/// <param name="Targets">What is to follow each token, or <see cref="NotAsked"/>.</param>
internal sealed record Batch(int Rows, long[] Ids, long[] Targets)
{
    /// <summary>Marks a token whose successor does not count.</summary>
    public const long NotAsked = -100;
}
