namespace LayerTool.Tokenization.Decoders;

/// <summary>Joins all tokens into one, so that what follows sees the whole text.</summary>
internal sealed class FuseDecoder : IDecoder
{
    public static FuseDecoder Read(TokenizerJson json)
    {
        json.ExpectOnly("type");
        return new FuseDecoder();
    }

    public List<string> Decode(List<string> tokens) => [string.Concat(tokens)];
}
