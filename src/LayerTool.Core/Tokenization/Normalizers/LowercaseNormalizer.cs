using System.Text;
using LayerTool.Tokenization.Unicode;

namespace LayerTool.Tokenization.Normalizers;

/// <summary>Writes every letter in lower case, each by itself: a sigma at the end of a word stays an ordinary one.</summary>
internal sealed class LowercaseNormalizer : INormalizer
{
    public static LowercaseNormalizer Read(TokenizerJson json)
    {
        json.ExpectOnly("type");
        return new LowercaseNormalizer();
    }

    public AlignedText Normalize(AlignedText text)
    {
        if (!text.IsTracked && Ascii.IsValid(text.Value))
        {
            return new AlignedText(text.Value.ToLowerInvariant(), null);
        }

        AlignedTextBuilder result = new(text);
        int unit = 0;
        foreach (Rune rune in text.Value.EnumerateRunes())
        {
            if (LowerCase.Find(rune.Value) is { } lower)
            {
                result.Put(lower, unit);
            }
            else
            {
                result.Keep(new TextSpan(unit, unit + rune.Utf16SequenceLength));
            }

            unit += rune.Utf16SequenceLength;
        }

        return result.Build();
    }
}
