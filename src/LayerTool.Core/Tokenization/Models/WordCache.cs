using System.Diagnostics.CodeAnalysis;

namespace LayerTool.Tokenization.Models;

/// <summary>Words seen lately and their tokens. Texts repeat their words, and a look-up is far cheaper than finding the tokens again.</summary>
internal sealed class WordCache
{
    /// <summary>Longer words, in UTF-16 units, are too rare to be worth remembering.</summary>
    public const int LongestWord = 96;

    // Some ten megabytes.
    private const int Capacity = 65_536;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int[]> _words = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _wordsBySpan;

    public WordCache() => _wordsBySpan = _words.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether the tokens of a word are known.</summary>
    public bool TryGet(ReadOnlySpan<char> word, [NotNullWhen(true)] out int[]? tokens)
    {
        lock (_lock)
        {
            return _wordsBySpan.TryGetValue(word, out tokens);
        }
    }

    /// <summary>Remembers a word; a full cache starts again.</summary>
    public void Add(ReadOnlySpan<char> word, int[] tokens)
    {
        lock (_lock)
        {
            if (_words.Count >= Capacity)
            {
                _words.Clear();
            }

            _wordsBySpan[word] = tokens;
        }
    }
}
