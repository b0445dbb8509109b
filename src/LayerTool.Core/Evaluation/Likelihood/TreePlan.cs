namespace LayerTool.Evaluation.Likelihood;

/// <summary>How windows are put into rows, and rows into families, so that little is computed twice.</summary>
internal static class TreePlan
{
    // Masks grow with the square of a row's nodes, so a row takes this many, or twice its longest text.
    private const int WideRow = 384;

    // A part of a text that is worth sharing within a row: a quarter of it.
    private const int LeastPart = 4;

    // A beginning that is worth a pass of its own.
    private const int LeastBeginning = 64;

    /// <summary>Families of rows; the last one has the rows that share nothing.</summary>
    /// <param name="windows">The windows.</param>
    /// <param name="alone">Whether each goes through the model by itself.</param>
    public static IReadOnlyList<TreeFamily> Of(IReadOnlyList<TokenWindow> windows, bool alone)
    {
        int[] order = [.. Enumerable.Range(0, windows.Count)];
        if (alone)
        {
            return [new TreeFamily([.. order.Select(window => RowOf(windows, window))], 0)];
        }

        Array.Sort(order, (left, right) => Input(windows, left).SequenceCompareTo(Input(windows, right)));
        return Families(windows, Rows(windows, order));
    }

    /// <summary>Tokens that the families compute.</summary>
    public static long Tokens(IEnumerable<TreeFamily> families) =>
        families.Sum(family => family.Beginning + family.Rows.Sum(row => (long)row.Length - family.Beginning));

    private static List<TokenTree> Rows(IReadOnlyList<TokenWindow> windows, int[] order)
    {
        List<TokenTree> rows = [];
        foreach (int window in order)
        {
            int length = windows[window].InputLength;
            if (rows.Count > 0)
            {
                TokenTree row = rows[^1];
                int shared = Common(windows, row.Last, window);
                bool worth = shared * LeastPart >= Math.Min(length, windows[row.Last].InputLength);
                bool fits = row.Length + length - shared <= Math.Max(WideRow, 2 * Math.Max(row.Deepest, length));
                if (worth && fits)
                {
                    row.Add(window, shared);
                    continue;
                }
            }

            rows.Add(RowOf(windows, window));
        }

        return rows;
    }

    private static List<TreeFamily> Families(IReadOnlyList<TokenWindow> windows, List<TokenTree> rows)
    {
        List<TreeFamily> families = [];
        List<TokenTree> single = [];
        for (int first = 0; first < rows.Count;)
        {
            int beginning = rows[first].Shared;
            int end = first + 1;
            for (; end < rows.Count; end++)
            {
                int next = Math.Min(Math.Min(beginning, rows[end].Shared), Common(windows, rows[end - 1].Last, rows[end].Scored.First().Window));
                if (next < LeastBeginning || next < beginning / 2)
                {
                    break;
                }

                beginning = next;
            }

            if (end - first > 1)
            {
                families.Add(new TreeFamily(rows[first..end], beginning));
            }
            else
            {
                single.Add(rows[first]);
            }

            first = end;
        }

        return single.Count > 0 ? [.. families, new TreeFamily(single, 0)] : families;
    }

    private static TokenTree RowOf(IReadOnlyList<TokenWindow> windows, int window)
    {
        TokenTree row = new(windows);
        row.Add(window, 0);
        return row;
    }

    private static int Common(IReadOnlyList<TokenWindow> windows, int left, int right) => Input(windows, left).CommonPrefixLength(Input(windows, right));

    private static ReadOnlySpan<int> Input(IReadOnlyList<TokenWindow> windows, int window) => windows[window].Ids.Span[..^1];
}
