using LayerTool.Tokenization.Patterns;

namespace LayerTool.Tokenization.Normalizers;

/// <summary>Replaces every match of a text or pattern.</summary>
internal sealed class ReplaceNormalizer(Replacement replacement) : INormalizer
{
    public static ReplaceNormalizer Read(TokenizerJson json)
    {
        json.ExpectOnly("type", "pattern", "content");
        return new ReplaceNormalizer(Replacement.Read(json));
    }

    public AlignedText Normalize(AlignedText text) => replacement.Apply(text);
}
