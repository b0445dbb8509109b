namespace LayerTool.Tokenization.Models;

/// <summary>Reads the <c>model</c> of a tokenizer file.</summary>
internal static class TokenModelReader
{
    // Old files name no type; those with merges are BPE.
    public static ITokenModel Read(TokenizerJson json) => json.OptionalText("type") switch
    {
        "BPE" => BpeReader.Read(json),
        "Unigram" => UnigramReader.Read(json),
        "WordPiece" => WordPieceModel.Read(json),
        "WordLevel" => WordLevelModel.Read(json),
        null when json.Has("merges") => BpeReader.Read(json),
        _ => throw json.NotHandled("type"),
    };
}
