using System.Text;
using LayerTool.Tokenization.Unicode;

namespace LayerTool.Tokenization.Normalizers;

/// <summary>What BERT does to text: control characters go, spaces stand around Chinese characters, accents and upper case go.</summary>
/// <param name="cleans">Whether control characters go, and each kind of white space becomes a space.</param>
/// <param name="surroundsChinese">Whether Chinese characters stand alone.</param>
/// <param name="stripsAccents">Whether accents go.</param>
/// <param name="lowers">Whether letters become lower case.</param>
internal sealed class BertNormalizer(bool cleans, bool surroundsChinese, bool stripsAccents, bool lowers) : INormalizer
{
    private static readonly LowercaseNormalizer Lower = new();

    public static BertNormalizer Read(TokenizerJson json)
    {
        json.ExpectOnly("type", "clean_text", "handle_chinese_chars", "strip_accents", "lowercase");
        bool lowers = json.Flag("lowercase", absent: true);
        return new BertNormalizer(
            json.Flag("clean_text", absent: true), json.Flag("handle_chinese_chars", absent: true), json.Flag("strip_accents", absent: lowers), lowers);
    }

    public AlignedText Normalize(AlignedText text)
    {
        if (cleans)
        {
            text = WithPlainSpaces(CharacterFilter.Without(text, CharacterClasses.BertRemoved));
        }

        if (surroundsChinese)
        {
            text = Surrounded(text);
        }

        if (stripsAccents)
        {
            text = CharacterFilter.Without(NormalForms.Normalize(text, NormalForm.Nfd), CharacterClasses.BertAccent);
        }

        return lowers ? Lower.Normalize(text) : text;
    }

    private static AlignedText WithPlainSpaces(AlignedText text)
    {
        AlignedTextBuilder result = new(text);
        for (int i = 0; i < text.Value.Length; i++)
        {
            char unit = text.Value[i];
            result.Put(CharacterClasses.BertSpace.Contains(unit) ? ' ' : unit, i);
        }

        return result.Build();
    }

    private static AlignedText Surrounded(AlignedText text)
    {
        AlignedTextBuilder result = new(text);
        int unit = 0;
        foreach (Rune rune in text.Value.EnumerateRunes())
        {
            TextSpan span = new(unit, unit + rune.Utf16SequenceLength);
            bool chinese = CharacterClasses.BertChinese.Contains(rune.Value);
            if (chinese)
            {
                result.Put(' ', unit);
            }

            result.Keep(span);
            if (chinese)
            {
                result.Put(' ', unit);
            }

            unit = span.End;
        }

        return result.Build();
    }
}
