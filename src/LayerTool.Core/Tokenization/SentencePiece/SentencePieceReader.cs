using LayerTool.Tokenization.AddedTokens;
using LayerTool.Tokenization.Models;
using LayerTool.Tokenization.Normalizers;
using LayerTool.Tokenization.PostProcessors;
using LayerTool.Tokenization.PreTokenizers;

namespace LayerTool.Tokenization.SentencePiece;

/// <summary>Makes the parts of a tokenizer out of a sentencepiece model.</summary>
internal static class SentencePieceReader
{
    // By how much an unknown character is less likely than the least likely piece.
    private const double UnknownPenalty = 10;

    // What sentencepiece takes off a piece of the user's own, by its length in bytes times the best score.
    private const double UserDefinedPenalty = 0.1;

    /// <summary>The tokenizer that sentencepiece itself is: names of control pieces in a text are letters like others.</summary>
    public static TokenizerParts Read(SentencePieceFile file, TokenizerConfig config)
    {
        TokenVocabulary vocabulary = Vocabulary(file);
        Piece[] whole = [.. file.Pieces.Where(piece => piece.Kind == PieceKind.UserDefined && piece.Text.Length > 0)];
        IEnumerable<AddedToken> found = file.IsBpe ? UserDefined(file) : [];
        return new TokenizerParts(
            file.Path,
            new SentencePieceNormalizer(
                file.CharacterMap.Length == 0 ? null : CharacterMap.Parse(file.CharacterMap, file.Path),
                file.AddsPrefix,
                file.RemovesExtraSpaces,
                [.. whole.Select(piece => piece.Text).OrderByDescending(text => text.Length)]),
            new PreTokenizerSequence([]),
            file.IsBpe ? Bpe(file, vocabulary) : Unigram(file, vocabulary),
            AddedTokenSet.Of(found, new NormalizerSequence([])),
            FrameOf(file, config),
            new SentencePieceDecoder(file));
    }

    /// <summary>The pieces and their ids.</summary>
    public static TokenVocabulary Vocabulary(SentencePieceFile file)
    {
        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        for (int id = 0; id < file.Pieces.Count; id++)
        {
            if (!ids.TryAdd(file.Pieces[id].Text, id))
            {
                throw file.NotHandled($"the piece `{file.Pieces[id].Text}` twice");
            }
        }

        return new TokenVocabulary(ids, file.Path);
    }

    /// <summary>The special tokens that the folder names and, where it names none, those of the model.</summary>
    public static IReadOnlyDictionary<string, string> NamedTokens(SentencePieceFile file, TokenizerConfig config)
    {
        Dictionary<string, string> tokens = new(config.Tokens, StringComparer.Ordinal);
        Add("bos_token", file.BosId);
        Add("eos_token", file.EosId);
        return tokens;

        void Add(string key, int id)
        {
            if (id >= 0 && id < file.Pieces.Count)
            {
                tokens.TryAdd(key, file.Pieces[id].Text);
            }
        }
    }

    /// <summary>The special tokens around a text: BOS where the model has one, else EOS, unless the folder says otherwise.</summary>
    public static Frame FrameOf(SentencePieceFile file, TokenizerConfig config)
    {
        bool hasBos = file.BosId >= 0 && file.BosId < file.Pieces.Count;
        bool hasEos = file.EosId >= 0 && file.EosId < file.Pieces.Count;
        return new Frame(
            hasBos && (config.AddBos ?? true) ? [file.BosId] : [],
            hasEos && (config.AddEos ?? !hasBos) ? [file.EosId] : []);
    }

    /// <summary>The model of a BPE file: two pieces join where both together are a piece, those of the highest score first.</summary>
    public static BpeModel Bpe(SentencePieceFile file, TokenVocabulary vocabulary)
    {
        float[] scores = [.. file.Pieces.Where(piece => piece.Kind == PieceKind.Normal).Select(piece => piece.Score).Distinct().OrderDescending()];
        Dictionary<float, int> ranks = scores.Select((score, rank) => (score, rank)).ToDictionary(pair => pair.score, pair => pair.rank);
        MergeTable merges = new(2 * file.Pieces.Count);
        for (int id = 0; id < file.Pieces.Count; id++)
        {
            Piece piece = file.Pieces[id];
            if (piece.Kind != PieceKind.Normal)
            {
                continue;
            }

            if (piece.Text.EnumerateRunes().Any(rune => !IsNormal(file, vocabulary, rune.ToString(), out _)))
            {
                throw file.NotHandled($"the piece `{piece.Text}` with a character that is no piece of its own");
            }

            for (int cut = 1; cut < piece.Text.Length; cut++)
            {
                if (IsNormal(file, vocabulary, piece.Text.AsSpan(0, cut), out int left) && IsNormal(file, vocabulary, piece.Text.AsSpan(cut), out int right))
                {
                    merges.Add(new Merge(left, right, ranks[piece.Score], id));
                }
            }
        }

        return new BpeModel(vocabulary, merges, Unknown(file), token => IsNormal(file, vocabulary, token, out _))
        {
            ByteTokens = file.ByteFallback ? VocabularyReader.ByteTokens(vocabulary) : null,
            FuseUnknown = true,
        };
    }

    private static UnigramModel Unigram(SentencePieceFile file, TokenVocabulary vocabulary)
    {
        float[] normal = [.. file.Pieces.Where(piece => piece.Kind == PieceKind.Normal).Select(piece => piece.Score)];
        (float least, float best) = normal.Length == 0 ? (0, 0) : (normal.Min(), normal.Max());
        double[] scores = [.. file.Pieces.Select(piece => piece.Kind == PieceKind.UserDefined
            ? (System.Text.Encoding.UTF8.GetByteCount(piece.Text) * best) - UserDefinedPenalty
            : piece.Score)];
        PrefixTrie trie = new(
            [.. file.Pieces.Select((piece, id) => (piece, id)).Where(pair => pair.piece is { Kind: PieceKind.Normal or PieceKind.UserDefined, Text.Length: > 0 }).Select(pair => (pair.piece.Text, pair.id))],
            file.Path);
        return new UnigramModel(vocabulary, trie, scores, Unknown(file) is { } unknown ? (unknown, least - UnknownPenalty) : null)
        {
            ByteTokens = file.ByteFallback ? VocabularyReader.ByteTokens(vocabulary) : null,
            SinglePrecision = true,
        };
    }

    private static IEnumerable<AddedToken> UserDefined(SentencePieceFile file) => file.Pieces
        .Select((piece, id) => (piece, id))
        .Where(pair => pair.piece is { Kind: PieceKind.UserDefined, Text.Length: > 0 })
        .Select(pair => new AddedToken(pair.id, pair.piece.Text, Special: false) { Normalized = true });

    private static int? Unknown(SentencePieceFile file)
    {
        for (int id = 0; id < file.Pieces.Count; id++)
        {
            if (file.Pieces[id].Kind == PieceKind.Unknown)
            {
                return id;
            }
        }

        return null;
    }

    private static bool IsNormal(SentencePieceFile file, TokenVocabulary vocabulary, ReadOnlySpan<char> text, out int id) =>
        vocabulary.TryGetId(text, out id) && file.Pieces[id].Kind == PieceKind.Normal;
}
