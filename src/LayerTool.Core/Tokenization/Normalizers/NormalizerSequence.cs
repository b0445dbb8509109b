using System.Collections.Immutable;

namespace LayerTool.Tokenization.Normalizers;

/// <summary>Normalizers one after another.</summary>
internal sealed class NormalizerSequence(ImmutableArray<INormalizer> items) : INormalizer
{
    public static NormalizerSequence Read(TokenizerJson json)
    {
        json.ExpectOnly("type", "normalizers");
        return new NormalizerSequence([.. json.Objects("normalizers").Select(NormalizerReader.Read)]);
    }

    public AlignedText Normalize(AlignedText text)
    {
        foreach (INormalizer item in items)
        {
            text = item.Normalize(text);
        }

        return text;
    }
}
