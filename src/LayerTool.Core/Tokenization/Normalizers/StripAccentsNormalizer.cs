using LayerTool.Tokenization.Unicode;

namespace LayerTool.Tokenization.Normalizers;

/// <summary>Leaves combining marks out.</summary>
internal sealed class StripAccentsNormalizer : INormalizer
{
    public static StripAccentsNormalizer Read(TokenizerJson json)
    {
        json.ExpectOnly("type");
        return new StripAccentsNormalizer();
    }

    public AlignedText Normalize(AlignedText text) => CharacterFilter.Without(text, CharacterClasses.Accent);
}
