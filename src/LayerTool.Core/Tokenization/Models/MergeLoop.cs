namespace LayerTool.Tokenization.Models;

/// <summary>
/// The heart of byte-pair encoding: of all neighbours that can be joined, those of the lowest rank are, the leftmost first, until
/// none can be.
/// </summary>
/// <remarks>
/// Our own, because BpeTokenizer of Microsoft.ML.Tokenizers 2.0.1 takes time that grows with the square of a word's length (a
/// minute and a half for a megabyte, and for Llama-like files the whole text is one word), needs over a second to load the merges of
/// Llama 3, and knows neither byte fallback nor ignore_merges. The tests hold the two against one another.
/// </remarks>
internal static class MergeLoop
{
    private const int Removed = -1;

    /// <summary>Joins symbols in place, in time n log n.</summary>
    /// <param name="symbols">The symbols.</param>
    /// <param name="merges">What may be joined.</param>
    /// <param name="lengths">Lengths that are added up as their symbols are joined; none where nobody asks.</param>
    /// <returns>How many symbols are left, at the start of the span.</returns>
    public static int Run(Span<int> symbols, MergeTable merges, Span<int> lengths = default)
    {
        // A queue entry is a place whose symbol can join the next one. Entries are never taken out: one whose pair has changed
        // since finds another rank there, or none.
        PriorityQueue<int, ulong> queue = new();
        for (int i = 0; i + 1 < symbols.Length; i++)
        {
            Enqueue(queue, symbols, merges, i, i + 1);
        }

        if (queue.Count == 0)
        {
            return symbols.Length;
        }

        int[] next = new int[symbols.Length];
        int[] previous = new int[symbols.Length];
        for (int i = 0; i < symbols.Length; i++)
        {
            next[i] = i + 1;
            previous[i] = i - 1;
        }

        while (queue.TryDequeue(out int left, out ulong priority))
        {
            int right = next[left];
            if (symbols[left] == Removed || right == symbols.Length
                || !merges.TryGet(symbols[left], symbols[right], out Merge merge) || Priority(merge, left) != priority)
            {
                continue;
            }

            symbols[left] = merge.Result;
            symbols[right] = Removed;
            if (lengths.Length > 0)
            {
                lengths[left] += lengths[right];
            }

            next[left] = next[right];
            if (next[left] < symbols.Length)
            {
                previous[next[left]] = left;
                Enqueue(queue, symbols, merges, left, next[left]);
            }

            if (previous[left] >= 0)
            {
                Enqueue(queue, symbols, merges, previous[left], left);
            }
        }

        int kept = 0;
        for (int i = 0; i < symbols.Length; i++)
        {
            if (symbols[i] != Removed)
            {
                symbols[kept] = symbols[i];
                if (lengths.Length > 0)
                {
                    lengths[kept] = lengths[i];
                }

                kept++;
            }
        }

        return kept;
    }

    private static void Enqueue(PriorityQueue<int, ulong> queue, ReadOnlySpan<int> symbols, MergeTable merges, int left, int right)
    {
        if (merges.TryGet(symbols[left], symbols[right], out Merge merge))
        {
            queue.Enqueue(left, Priority(merge, left));
        }
    }

    private static ulong Priority(Merge merge, int left) => ((ulong)(uint)merge.Rank << 32) | (uint)left;
}
