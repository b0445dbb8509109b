namespace LayerTool.Tokenization.Models;

/// <summary>The merges by the pair of ids that they join.</summary>
/// <param name="capacity">How many merges are expected.</param>
internal sealed class MergeTable(int capacity)
{
    private readonly Dictionary<ulong, Merge> _merges = new(capacity);

    /// <summary>The pairs and what they become.</summary>
    public IEnumerable<(int Left, int Right, Merge Merge)> All =>
        _merges.Select(entry => ((int)(entry.Key >> 32), (int)(uint)entry.Key, entry.Value));

    /// <summary>Adds a merge; of two for one pair the later holds, as in the reference.</summary>
    public void Add(int left, int right, int rank, int result) => _merges[Key(left, right)] = new Merge(rank, result);

    public bool TryGet(int left, int right, out Merge merge) => _merges.TryGetValue(Key(left, right), out merge);

    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;
}
