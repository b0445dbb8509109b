using System.Collections.Immutable;

namespace LayerTool.Evaluation;

/// <summary>The two ways of cutting token ids into windows.</summary>
public static class Windows
{
    /// <summary>
    /// One document as lm-evaluation-harness cuts it: every token is predicted once. The first window begins with
    /// <paramref name="prefix"/>; each later one reads the <paramref name="maxLength"/> tokens that end just before its last
    /// predicted one, so full windows share one token and the last is as long as the others though only its tail counts.
    /// </summary>
    /// <param name="tokens">The document; none gives no windows.</param>
    /// <param name="prefix">Token that the first one is predicted from.</param>
    /// <param name="maxLength">Longest input, in tokens.</param>
    public static ImmutableArray<TokenWindow> Rolling(IReadOnlyList<int> tokens, int prefix, int maxLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 1);
        int[] all = [prefix, .. tokens];
        ImmutableArray<TokenWindow>.Builder windows = ImmutableArray.CreateBuilder<TokenWindow>();
        for (int done = 0; done < tokens.Count;)
        {
            int predicted = Math.Min(tokens.Count - done, maxLength);
            int end = 1 + done + predicted;
            int start = done == 0 ? 0 : end - (maxLength + 1);
            windows.Add(new TokenWindow(all.AsMemory(start, end - start), predicted));
            done += predicted;
        }

        return windows.ToImmutable();
    }

    /// <summary>
    /// One long text as pruning papers cut it: disjoint windows of <paramref name="length"/> ids, the first id of each read but
    /// never predicted; the rest that fills no window is left out.
    /// </summary>
    /// <param name="tokens">The text.</param>
    /// <param name="length">Ids of a window; at least 2.</param>
    /// <param name="limit">Most windows to cut, or null for all.</param>
    public static ImmutableArray<TokenWindow> Packed(int[] tokens, int length, int? limit = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        int count = Math.Min(tokens.Length / length, limit ?? int.MaxValue);
        return [.. Enumerable.Range(0, count).Select(index => new TokenWindow(tokens.AsMemory(index * length, length), length - 1))];
    }
}
