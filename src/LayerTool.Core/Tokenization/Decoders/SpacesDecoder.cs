namespace LayerTool.Tokenization.Decoders;

/// <summary>Joins tokens with spaces: what files without a decoder mean.</summary>
internal sealed class SpacesDecoder : IDecoder
{
    public List<string> Decode(List<string> tokens) => [string.Join(' ', tokens)];
}
