using System.Text;
using LayerTool.Tokenization.PreTokenizers;

namespace LayerTool.Tokenization.Models;

/// <summary>BERT's model: of each word the longest token that it begins with, then of the rest the longest one that goes on, and so forth.</summary>
internal sealed class WordPieceModel : ITokenModel
{
    private readonly int _unknown;
    private readonly string _prefix;
    private readonly int _longestWord;
    private readonly int _longestToken;

    /// <summary>Makes a model.</summary>
    /// <param name="vocabulary">Its tokens.</param>
    /// <param name="unknown">The token of a word that cannot be put together.</param>
    /// <param name="prefix">What tokens that go on are written with.</param>
    /// <param name="longestWord">Words of more code points are unknown.</param>
    public WordPieceModel(TokenVocabulary vocabulary, int unknown, string prefix, int longestWord)
    {
        Vocabulary = vocabulary;
        _unknown = unknown;
        _prefix = prefix;
        _longestWord = longestWord;
        _longestToken = vocabulary.Ids.Keys.Select(token => token.Length).DefaultIfEmpty().Max();
    }

    /// <inheritdoc />
    public string Kind => "WordPiece";

    /// <inheritdoc />
    public TokenVocabulary Vocabulary { get; }

    public static WordPieceModel Read(TokenizerJson json)
    {
        json.ExpectOnly("type", "vocab", "unk_token", "continuing_subword_prefix", "max_input_chars_per_word");
        TokenVocabulary vocabulary = VocabularyReader.Read(json);
        return new WordPieceModel(
            vocabulary,
            VocabularyReader.ReadUnknown(json, vocabulary) ?? throw json.Missing("unk_token"),
            json.OptionalText("continuing_subword_prefix") ?? "##",
            json.Has("max_input_chars_per_word") ? json.Count("max_input_chars_per_word") : 100);
    }

    /// <inheritdoc />
    public void Encode(Pieces pieces, TokenSink sink)
    {
        char[] candidate = new char[_prefix.Length + _longestToken];
        _prefix.CopyTo(candidate);
        List<(int Id, TextSpan Span)> found = [];
        foreach (TextSpan span in pieces.Spans)
        {
            found.Clear();
            if (!TryFind(pieces[span], candidate, found))
            {
                sink.Add(_unknown, pieces.Text, span);
                continue;
            }

            foreach ((int id, TextSpan part) in found)
            {
                sink.Add(id, pieces.Text, new TextSpan(span.Start + part.Start, span.Start + part.End));
            }
        }
    }

    private bool TryFind(ReadOnlySpan<char> word, char[] candidate, List<(int Id, TextSpan Span)> found)
    {
        if (IsTooLong(word))
        {
            return false;
        }

        for (int start = 0; start < word.Length; start = found[^1].Span.End)
        {
            int length = Math.Min(word.Length - start, _longestToken);
            word.Slice(start, length).CopyTo(candidate.AsSpan(_prefix.Length));
            int from = start == 0 ? _prefix.Length : 0;
            int id;
            while (!Vocabulary.TryGetId(candidate.AsSpan(from, _prefix.Length + length - from), out id))
            {
                if (--length == 0)
                {
                    return false;
                }
            }

            found.Add((id, new TextSpan(start, start + length)));
        }

        return true;
    }

    private bool IsTooLong(ReadOnlySpan<char> word)
    {
        if (word.Length <= _longestWord)
        {
            return false;
        }

        int count = 0;
        foreach (Rune _ in word.EnumerateRunes())
        {
            count++;
        }

        return count > _longestWord;
    }
}
