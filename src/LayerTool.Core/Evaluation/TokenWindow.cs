namespace LayerTool.Evaluation;

/// <summary>
/// One piece of text that goes through a model alone: the model reads all ids but the last, and is scored on the last
/// <paramref name="Predicted"/> of them, each given all before it in the window.
/// </summary>
/// <param name="Ids">Context and predicted tokens together; at least one more than <paramref name="Predicted"/>.</param>
/// <param name="Predicted">Number of ids, from the end, that are predicted.</param>
public readonly record struct TokenWindow(ReadOnlyMemory<int> Ids, int Predicted)
{
    /// <summary>Number of ids that the model reads.</summary>
    public int InputLength => Ids.Length - 1;
}
