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
    private readonly WordCache _pieces = new();
    private readonly WordCache _words = new();

    /// <summary>Makes a model.</summary>
    /// <param name="vocabulary">Its tokens.</param>
    /// <param name="merges">What neighbours become.</param>
    /// <param name="unknown">The token of characters that the vocabulary lacks; without one they are dropped.</param>
    /// <param name="isCharacter">Whether a token may stand for its one character in text; null for all.</param>
    public BpeModel(TokenVocabulary vocabulary, MergeTable merges, int? unknown, Func<string, bool>? isCharacter = null)
    {
        Vocabulary = vocabulary;
        _merges = merges;
        _unknown = unknown;
        foreach ((string token, int id) in vocabulary.Ids.Where(entry => isCharacter?.Invoke(entry.Key) ?? true))
        {
            if (Rune.DecodeFromUtf16(token, out Rune rune, out int length) == OperationStatus.Done && length == token.Length)
            {
                _characters.Add(rune.Value, id);
            }
        }

        _borders = new Lazy<MergeBorders?>(FindBorders);
    }

    /// <inheritdoc />
    public string Kind => "BPE";

    /// <inheritdoc />
    public TokenVocabulary Vocabulary { get; }

    /// <summary>The token of each byte, for characters that the vocabulary lacks; null where there is no byte fallback.</summary>
    public int[]? ByteTokens { get; init; }

    /// <summary>Whether neighbouring unknown characters become one unknown token.</summary>
    public bool FuseUnknown { get; init; }

    /// <summary>Whether a piece that is a token as a whole is taken as it is.</summary>
    public bool IgnoreMerges { get; init; }

    /// <summary>What the last character of each piece is written with, such as <c>&lt;/w&gt;</c>; empty as a rule.</summary>
    public string EndOfWord { get; init; } = "";

    /// <inheritdoc />
    public void Encode(Pieces pieces, TokenSink sink)
    {
        List<int> symbols = [];
        foreach (TextSpan span in pieces.Spans)
        {
            symbols.Clear();
            if (sink.IsTracked)
            {
                EncodeTracked(pieces, span, symbols, sink);
            }
            else
            {
                EncodePiece(pieces[span], symbols, sink.Ids);
            }
        }
    }

    private void EncodePiece(ReadOnlySpan<char> piece, List<int> symbols, List<int> ids)
    {
        if (IgnoreMerges && Vocabulary.TryGetId(piece, out int whole))
        {
            ids.Add(whole);
            return;
        }

        if (piece.Length > LongWord)
        {
            AddSymbols(piece, symbols, null);
            MergePiece(CollectionsMarshal.AsSpan(symbols), ids);
            return;
        }

        if (!_pieces.TryGet(piece, out int[]? tokens))
        {
            AddSymbols(piece, symbols, null);
            Span<int> word = CollectionsMarshal.AsSpan(symbols);
            tokens = word[..MergeLoop.Run(word, _merges)].ToArray();
            _pieces.Add(piece, tokens);
        }

        ids.AddRange(tokens);
    }

    // The reference adds up the bytes of the tokens, so what was dropped shifts those behind it.
    private void EncodeTracked(Pieces pieces, TextSpan span, List<int> symbols, TokenSink sink)
    {
        ReadOnlySpan<char> piece = pieces[span];
        if (IgnoreMerges && Vocabulary.TryGetId(piece, out int whole))
        {
            sink.Add(whole, pieces.Text, span);
            return;
        }

        List<int> lengths = [];
        AddSymbols(piece, symbols, lengths);
        int count = MergeLoop.Run(CollectionsMarshal.AsSpan(symbols), _merges, CollectionsMarshal.AsSpan(lengths));
        int[] units = Utf8Places.UnitsOf(piece);
        int start = 0;
        for (int i = 0; i < count; i++)
        {
            int end = start + lengths[i];
            sink.Add(symbols[i], pieces.Text, new TextSpan(span.Start + units[start], span.Start + units[end - 1] + 1));
            start = end;
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

        // The symbols' bytes read as characters: strings can be looked up by a span, arrays cannot.
        ReadOnlySpan<char> key = MemoryMarshal.Cast<int, char>(word).ToArray();
        if (!_words.TryGet(key, out int[]? merged))
        {
            merged = word[..MergeLoop.Run(word, _merges)].ToArray();
            _words.Add(key, merged);
        }

        ids.AddRange(merged);
    }

    private void AddSymbols(ReadOnlySpan<char> piece, List<int> symbols, List<int>? lengths)
    {
        // Unknown characters wait here for their neighbours. Byte tokens do not end the wait: the reference lets them pass.
        int unknownBytes = 0;
        int end = 0;
        foreach (Rune rune in piece.EnumerateRunes())
        {
            end += rune.Utf16SequenceLength;
            bool last = end == piece.Length && EndOfWord.Length > 0;
            if (last ? Vocabulary.TryGetId(rune + EndOfWord, out int id) : _characters.TryGetValue(rune.Value, out id))
            {
                AddUnknown(ref unknownBytes, symbols, lengths);
                symbols.Add(id);
                lengths?.Add(rune.Utf8SequenceLength);
            }
            else if (!AddBytes(rune, symbols, lengths) && _unknown is not null)
            {
                if (!FuseUnknown)
                {
                    AddUnknown(ref unknownBytes, symbols, lengths);
                }

                unknownBytes += rune.Utf8SequenceLength;
            }
        }

        AddUnknown(ref unknownBytes, symbols, lengths);
    }

    private void AddUnknown(ref int bytes, List<int> symbols, List<int>? lengths)
    {
        if (bytes > 0)
        {
            symbols.Add(_unknown!.Value);
            lengths?.Add(bytes);
            bytes = 0;
        }
    }

    private bool AddBytes(Rune rune, List<int> symbols, List<int>? lengths)
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
            lengths?.Add(1);
        }

        return true;
    }

    // Byte and unknown tokens and those that end words stand for something else than they spell: where merges touch them, their
    // seams are not those of their spelling, and words are never cut.
    private MergeBorders? FindBorders()
    {
        HashSet<int> standIns = [.. ByteTokens ?? []];
        if (_unknown is { } unknown)
        {
            standIns.Add(unknown);
        }

        return EndOfWord.Length > 0 || _merges.All.Any(merge => standIns.Contains(merge.Left) || standIns.Contains(merge.Right) || standIns.Contains(merge.Result))
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
