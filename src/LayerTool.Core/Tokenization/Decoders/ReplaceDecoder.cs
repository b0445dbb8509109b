using LayerTool.Tokenization.Patterns;

namespace LayerTool.Tokenization.Decoders;

/// <summary>Replaces every match of a text or pattern in each token.</summary>
internal sealed class ReplaceDecoder(Replacement replacement) : IDecoder
{
    public static ReplaceDecoder Read(TokenizerJson json)
    {
        json.ExpectOnly("type", "pattern", "content");
        return new ReplaceDecoder(Replacement.Read(json));
    }

    public List<string> Decode(List<string> tokens) => tokens.ConvertAll(replacement.Apply);
}
