using LayerTool.Tokenization.Unicode;

namespace LayerTool.Tokenization.Normalizers;

/// <summary>Brings text into one of Unicode's normal forms.</summary>
internal sealed class UnicodeNormalizer(NormalForm form) : INormalizer
{
    public static UnicodeNormalizer Read(TokenizerJson json, NormalForm form)
    {
        json.ExpectOnly("type");
        return new UnicodeNormalizer(form);
    }

    public AlignedText Normalize(AlignedText text) => NormalForms.Normalize(text, form);
}
