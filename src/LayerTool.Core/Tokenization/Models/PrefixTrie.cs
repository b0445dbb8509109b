using LayerTool.Faults;

namespace LayerTool.Tokenization.Models;

/// <summary>Texts and their values, walked character by character: which of the texts does another one begin with?</summary>
internal sealed class PrefixTrie
{
    /// <summary>The node to begin at.</summary>
    public const int Root = 0;

    /// <summary>What <see cref="Next"/> and <see cref="ValueAt"/> answer where there is nothing.</summary>
    public const int None = -1;

    private const int MostNodes = 1 << 22;
    private const ulong Mixing = 0x9E3779B97F4A7C15;

    private readonly int[] _fromRoot = new int[1 << 16];
    private readonly int[] _values;
    private readonly ulong[] _keys;
    private readonly int[] _children;
    private readonly int _shift;
    private int _count = 1;

    /// <summary>Builds a trie.</summary>
    /// <param name="entries">The texts, none empty, and their values, none negative. Of two equal texts the later counts.</param>
    /// <param name="where">File and field, for messages.</param>
    /// <exception cref="LayerToolException">The texts are beyond all measure.</exception>
    public PrefixTrie(IReadOnlyCollection<(string Text, int Value)> entries, string where)
    {
        long characters = 1 + entries.Sum(entry => (long)entry.Text.Length);
        if (characters > MostNodes)
        {
            throw new LayerToolException(
                $"{where} has tokens of {characters} characters together, more than the {MostNodes} that are handled",
                "take the file from the folder that the weights came from");
        }

        int bits = 4;
        while (1L << bits < 2 * characters)
        {
            bits++;
        }

        _shift = 64 - bits;
        _keys = new ulong[1 << bits];
        _children = new int[1 << bits];
        _values = new int[characters];
        Array.Fill(_values, None);
        Array.Fill(_fromRoot, None);
        foreach ((string text, int value) in entries)
        {
            int node = Root;
            foreach (char character in text)
            {
                node = Next(node, character) is int next and not None ? next : Add(node, character);
            }

            _values[node] = value;
        }
    }

    /// <summary>The node that a character leads to, or <see cref="None"/>.</summary>
    public int Next(int node, char character)
    {
        if (node == Root)
        {
            return _fromRoot[character];
        }

        ulong key = Key(node, character);
        int slot = Slot(key);
        return _keys[slot] == key ? _children[slot] : None;
    }

    /// <summary>The value of the text that ends at a node, or <see cref="None"/>.</summary>
    public int ValueAt(int node) => _values[node];

    private int Add(int node, char character)
    {
        int child = _count++;
        if (node == Root)
        {
            _fromRoot[character] = child;
            return child;
        }

        ulong key = Key(node, character);
        int slot = Slot(key);
        _keys[slot] = key;
        _children[slot] = child;
        return child;
    }

    // The slot that holds the key, or the free one where it would go.
    private int Slot(ulong key)
    {
        int slot = (int)((key * Mixing) >> _shift);
        while (_keys[slot] != key && _keys[slot] != 0)
        {
            slot = (slot + 1) & (_keys.Length - 1);
        }

        return slot;
    }

    // Never 0, which marks a free slot: the root's children are not here.
    private static ulong Key(int node, char character) => ((ulong)(uint)node << 16) | character;
}
