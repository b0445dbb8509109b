namespace LayerTool.Tokenization.Models;

/// <summary>The merges by the pair of ids that they join.</summary>
/// <param name="capacity">How many merges are expected.</param>
internal sealed class MergeTable(int capacity)
{
    // Odd, so that different pairs stay different. The hash of a 64-bit number is one half XOR the other: without mixing, all
    // pairs of a token with itself would fall together, and a long run of one letter would take minutes.
    private const ulong Mixing = 0x9E3779B97F4A7C15;

    private readonly Dictionary<ulong, Merge> _merges = new(capacity);

    /// <summary>All merges, in no order.</summary>
    public IEnumerable<Merge> All => _merges.Values;

    /// <summary>Adds a merge; of two for one pair the later holds, as in the reference.</summary>
    public void Add(Merge merge) => _merges[Key(merge.Left, merge.Right)] = merge;

    public bool TryGet(int left, int right, out Merge merge) => _merges.TryGetValue(Key(left, right), out merge);

    private static ulong Key(int left, int right) => (((ulong)(uint)left << 32) | (uint)right) * Mixing;
}
