namespace LayerTool.Evaluation.Likelihood;

/// <summary>The rows of logits that a batch needs, each once, and what is looked up in them.</summary>
/// <param name="Rows">Rows of the flattened batch [B · T].</param>
/// <param name="Windows">Numbers of the batch's windows.</param>
/// <param name="Lookups">Window by window, token by token: the window's index in <paramref name="Windows"/>, the index in <paramref name="Rows"/>, the id.</param>
internal sealed record ScoredRows(long[] Rows, int[] Windows, (int Window, int Row, int Target)[] Lookups)
{
    /// <summary>The rows of a batch of trees.</summary>
    /// <param name="batch">The trees.</param>
    /// <param name="beginning">Nodes at the start of each that are not part of the batch.</param>
    /// <param name="windows">All windows of the run.</param>
    public static ScoredRows Of(IReadOnlyList<TokenTree> batch, int beginning, IReadOnlyList<TokenWindow> windows)
    {
        int width = batch.Max(row => row.Length) - beginning;
        List<long> rows = [];
        List<int> members = [];
        List<(int Window, int Row, int Target)> lookups = [];
        for (int tree = 0; tree < batch.Count; tree++)
        {
            Dictionary<int, int> known = [];
            foreach ((int window, int[] nodes) in batch[tree].Scored)
            {
                ReadOnlySpan<int> targets = windows[window].Ids.Span[^nodes.Length..];
                for (int index = 0; index < nodes.Length; index++)
                {
                    if (!known.TryGetValue(nodes[index], out int row))
                    {
                        row = rows.Count;
                        known.Add(nodes[index], row);
                        rows.Add(((long)tree * width) + nodes[index] - beginning);
                    }

                    lookups.Add((members.Count, row, targets[index]));
                }

                members.Add(window);
            }
        }

        return new ScoredRows([.. rows], [.. members], [.. lookups]);
    }
}
