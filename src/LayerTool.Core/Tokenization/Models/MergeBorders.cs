namespace LayerTool.Tokenization.Models;

/// <summary>
/// Where a word can be cut without changing its tokens: between two symbols that no merge ever has at its seam. In Llama-like
/// files, where the whole text is one word, that is in front of nearly every ▁.
/// </summary>
internal sealed class MergeBorders
{
    private readonly HashSet<(int Left, int Right)> _seams = [];

    /// <summary>Gathers the seams of all merges.</summary>
    /// <param name="merges">The merges.</param>
    /// <param name="firstSymbol">The symbol that the token of an id begins with, before any merge.</param>
    /// <param name="lastSymbol">The symbol that it ends with.</param>
    public MergeBorders(MergeTable merges, Func<int, int> firstSymbol, Func<int, int> lastSymbol)
    {
        foreach (Merge merge in merges.All)
        {
            _seams.Add((lastSymbol(merge.Left), firstSymbol(merge.Right)));
        }
    }

    /// <summary>Whether nothing ever joins the two.</summary>
    public bool IsBorder(int left, int right) => !_seams.Contains((left, right));
}
