using LayerTool.Tokenization.PreTokenizers;

namespace LayerTool.Tokenization.Models;

/// <summary>The simplest model: each piece is a token, or unknown.</summary>
internal sealed class WordLevelModel(TokenVocabulary vocabulary, int unknown) : ITokenModel
{
    /// <inheritdoc />
    public string Kind => "WordLevel";

    /// <inheritdoc />
    public TokenVocabulary Vocabulary { get; } = vocabulary;

    public static WordLevelModel Read(TokenizerJson json)
    {
        json.ExpectOnly("type", "vocab", "unk_token");
        TokenVocabulary vocabulary = VocabularyReader.Read(json);
        return new WordLevelModel(vocabulary, VocabularyReader.ReadUnknown(json, vocabulary) ?? throw json.Missing("unk_token"));
    }

    /// <inheritdoc />
    public void Encode(Pieces pieces, TokenSink sink)
    {
        foreach (TextSpan span in pieces.Spans)
        {
            sink.Add(Vocabulary.TryGetId(pieces[span], out int id) ? id : unknown, pieces.Text, span);
        }
    }
}
