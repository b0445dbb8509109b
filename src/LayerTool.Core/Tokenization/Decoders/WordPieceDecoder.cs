namespace LayerTool.Tokenization.Decoders;

/// <summary>Joins words with spaces; tokens that go on lose their prefix. Cleaning takes the spaces off before punctuation and contractions.</summary>
internal sealed class WordPieceDecoder(string prefix, bool cleans) : IDecoder
{
    private static readonly (string Old, string New)[] Cleaned =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    public static WordPieceDecoder Read(TokenizerJson json)
    {
        json.ExpectOnly("type", "prefix", "cleanup");
        return new WordPieceDecoder(json.OptionalText("prefix") ?? "##", json.Flag("cleanup", absent: true));
    }

    public List<string> Decode(List<string> tokens) => [.. tokens.Select(Written)];

    private string Written(string token, int place)
    {
        string text = place == 0 ? token : token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : $" {token}";
        return cleans ? Cleaned.Aggregate(text, (dirty, pair) => dirty.Replace(pair.Old, pair.New, StringComparison.Ordinal)) : text;
    }
}
