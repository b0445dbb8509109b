using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace LayerTool.Tokenization.Models;

/// <summary>Words seen lately and their tokens. Texts repeat their words, and a look-up is far cheaper than merging.</summary>
internal sealed class WordCache
{
    // With words of a few dozen symbols at most, some ten megabytes.
    private const int Capacity = 65_536;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int[]> _words = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _wordsBySpan;

    public WordCache() => _wordsBySpan = _words.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether the tokens of a word, given by its symbols, are known.</summary>
    public bool TryGet(ReadOnlySpan<int> symbols, [NotNullWhen(true)] out int[]? tokens)
    {
        lock (_lock)
        {
            return _wordsBySpan.TryGetValue(Key(symbols), out tokens);
        }
    }

    /// <summary>Remembers a word; a full cache starts again.</summary>
    public void Add(ReadOnlySpan<int> symbols, int[] tokens)
    {
        lock (_lock)
        {
            if (_words.Count >= Capacity)
            {
                _words.Clear();
            }

            _wordsBySpan[Key(symbols)] = tokens;
        }
    }

    // The symbols' bytes read as characters: strings can be looked up by a span, arrays cannot.
    private static ReadOnlySpan<char> Key(ReadOnlySpan<int> symbols) => MemoryMarshal.Cast<int, char>(symbols);
}
