namespace LayerTool.Tokenization.Decoders;

/// <summary>Takes the marks off the ends of words; a space stands there, but not at the end of the text.</summary>
internal sealed class BpeDecoder(string suffix) : IDecoder
{
    public static BpeDecoder Read(TokenizerJson json)
    {
        json.ExpectOnly("type", "suffix");
        return new BpeDecoder(json.OptionalText("suffix") is { Length: > 0 } suffix ? suffix : throw json.NotHandled("suffix"));
    }

    public List<string> Decode(List<string> tokens) =>
        [.. tokens.Select((token, i) => token.Replace(suffix, i == tokens.Count - 1 ? "" : " ", StringComparison.Ordinal))];
}
