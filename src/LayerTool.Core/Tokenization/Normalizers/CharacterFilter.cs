using System.Text;
using LayerTool.Tokenization.Unicode;

namespace LayerTool.Tokenization.Normalizers;

/// <summary>Leaves characters out of a text.</summary>
internal static class CharacterFilter
{
    /// <summary>The text without the characters of a set.</summary>
    public static AlignedText Without(AlignedText text, CodePointSet set)
    {
        AlignedTextBuilder? result = null;
        int unit = 0;
        int kept = 0;
        foreach (Rune rune in text.Value.EnumerateRunes())
        {
            if (set.Contains(rune.Value))
            {
                result ??= new AlignedTextBuilder(text);
                result.Keep(new TextSpan(kept, unit));
                kept = unit + rune.Utf16SequenceLength;
            }

            unit += rune.Utf16SequenceLength;
        }

        result?.Keep(new TextSpan(kept, unit));
        return result?.Build() ?? text;
    }
}
