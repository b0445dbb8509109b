using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using LayerTool.Tokenization.PreTokenizers;

namespace LayerTool.Tokenization.Models;

/// <summary>Byte-pair encoding: a piece is taken apart into characters, and neighbours are merged by rank.</summary>
internal sealed class BpeModel : ITokenModel
{
    /// <summary>Stands where a byte has no token.</summary>
    public const int NoToken = -1;

    // Shorter words gain nothing from being cut; longer ones are too rare to be worth remembering.
    private const int LongWord = 48;

    private readonly MergeTable _merges;
    private readonly int? _unknown;
    private readonly Dictionary<int, int> _characters = [];
    private readonly Lazy<MergeBorders?> _borders;
    private readonly WordCache _cache = new();

    public BpeModel(TokenVocabulary vocabulary, MergeTable merges, int? unknown)
    {
        Vocabulary = vocabulary;
        _merges = merges;
        _unknown = unknown;
        foreach ((string token, int id) in vocabulary.Ids)
        {
            if (Rune.DecodeFromUtf16(token, out Rune rune, out int length) == OperationStatus.Done && length == token.Length)
            {
                _characters.Add(rune.Value, id);
            }
        }

        _borders = new Lazy<MergeBorders?>(FindBorders);
    }

    /// <inheritdoc />
    public TokenVocabulary Vocabulary { get; }

    /// <summary>The token of each byte, for characters that the vocabulary lacks; null where there is no byte fallback.</summary>
    public int[]? ByteTokens { get; init; }

    /// <summary>Whether neighbouring unknown characters become one unknown token.</summary>
    public bool FuseUnknown { get; init; }

    /// <summary>Whether a piece that is a token as a whole is taken as it is.</summary>
    public bool IgnoreMerges { get; init; }

    /// <inheritdoc />
    public void Encode(Pieces pieces, List<int> ids)
    {
        List<int> symbols = [];
        foreach (TextSpan span in pieces.Spans)
        {
            ReadOnlySpan<char> piece = pieces[span];
            if (IgnoreMerges && Vocabulary.TryGetId(piece, out int whole))
            {
                ids.Add(whole);
                continue;
            }

            symbols.Clear();
            AddSymbols(piece, symbols);
            MergePiece(CollectionsMarshal.AsSpan(symbols), ids);
        }
    }

    private void MergePiece(Span<int> symbols, List<int> ids)
    {
        while (symbols.Length > LongWord && _borders.Value is { } borders)
        {
            int cut = 1;
            while (cut < symbols.Length && !borders.IsBorder(symbols[cut - 1], symbols[cut]))
            {
                cut++;
            }

            MergeWord(symbols[..cut], ids);
            symbols = symbols[cut..];
        }

        MergeWord(symbols, ids);
    }

    private void MergeWord(Span<int> word, List<int> ids)
    {
        if (word.Length <= 1)
        {
            ids.AddRange(word);
            return;
        }

        if (word.Length > LongWord)
        {
            ids.AddRange(word[..MergeLoop.Run(word, _merges)]);
            return;
        }

        if (!_cache.TryGet(word, out int[]? merged))
        {
            int[] key = word.ToArray();
            merged = word[..MergeLoop.Run(word, _merges)].ToArray();
            _cache.Add(key, merged);
        }

        ids.AddRange(merged);
    }

    private void AddSymbols(ReadOnlySpan<char> piece, List<int> symbols)
    {
        // An unknown character waits here for its neighbours. Byte tokens do not end the wait: the reference lets them pass.
        bool unknownWaits = false;
        foreach (Rune rune in piece.EnumerateRunes())
        {
            if (_characters.TryGetValue(rune.Value, out int id))
            {
                if (unknownWaits)
                {
                    symbols.Add(_unknown!.Value);
                    unknownWaits = false;
                }

                symbols.Add(id);
            }
            else if (!AddBytes(rune, symbols) && _unknown is { } unknown)
            {
                if (unknownWaits && !FuseUnknown)
                {
                    symbols.Add(unknown);
                }

                unknownWaits = true;
            }
        }

        if (unknownWaits)
        {
            symbols.Add(_unknown!.Value);
        }
    }

    private bool AddBytes(Rune rune, List<int> symbols)
    {
        if (ByteTokens is null)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[4];
        bytes = bytes[..rune.EncodeToUtf8(bytes)];
        foreach (byte value in bytes)
        {
            if (ByteTokens[value] == NoToken)
            {
                return false;
            }
        }

        foreach (byte value in bytes)
        {
            symbols.Add(ByteTokens[value]);
        }

        return true;
    }

    // Byte and unknown tokens stand for something else than they spell: where merges touch them, their seams are not those of
    // their spelling, and words are never cut.
    private MergeBorders? FindBorders()
    {
        HashSet<int> standIns = [.. ByteTokens ?? []];
        if (_unknown is { } unknown)
        {
            standIns.Add(unknown);
        }

        return _merges.All.Any(merge => standIns.Contains(merge.Left) || standIns.Contains(merge.Right) || standIns.Contains(merge.Result))
            ? null
            : new MergeBorders(_merges, FirstSymbol, LastSymbol);
    }

    private int FirstSymbol(int id)
    {
        Vocabulary.TryGetToken(id, out string? token);
        return Rune.DecodeFromUtf16(token, out Rune rune, out _) == OperationStatus.Done ? _characters.GetValueOrDefault(rune.Value, NoToken) : NoToken;
    }

    private int LastSymbol(int id)
    {
        Vocabulary.TryGetToken(id, out string? token);
        return Rune.DecodeLastFromUtf16(token, out Rune rune, out _) == OperationStatus.Done ? _characters.GetValueOrDefault(rune.Value, NoToken) : NoToken;
    }
}
