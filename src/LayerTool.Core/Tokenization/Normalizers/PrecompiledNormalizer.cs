using System.Globalization;
using System.Text;

namespace LayerTool.Tokenization.Normalizers;

/// <summary>
/// Replaces by sentencepiece's compiled character map, the way the reference tokenizer library reads it: a whole grapheme of fewer
/// than six bytes is looked up at once and the shortest entry that it begins with replaces all of it; of others each character is.
/// </summary>
internal sealed class PrecompiledNormalizer(CharacterMap map) : INormalizer
{
    private const int LongestLookup = 5;

    public static PrecompiledNormalizer Read(TokenizerJson json)
    {
        json.ExpectOnly("type", "precompiled_charsmap");
        byte[] blob = new byte[json.Text("precompiled_charsmap").Length];
        return Convert.TryFromBase64String(json.Text("precompiled_charsmap"), blob, out int length)
            ? new PrecompiledNormalizer(CharacterMap.Parse(blob.AsSpan(0, length), json.Where("precompiled_charsmap")))
            : throw json.NotHandled("precompiled_charsmap");
    }

    public AlignedText Normalize(AlignedText text)
    {
        List<RewrittenPoint> points = new(text.Value.Length);
        bool changed = false;
        ReadOnlySpan<char> rest = text.Value;
        while (rest.Length > 0)
        {
            int length = GraphemeLength(rest);
            ReadOnlySpan<char> grapheme = rest[..length];
            changed |= Encoding.UTF8.GetByteCount(grapheme) <= LongestLookup && length > 1
                ? AddGrapheme(grapheme, points)
                : AddCharacters(grapheme, points);
            rest = rest[length..];
        }

        return changed ? text.Rewritten(points) : text;
    }

    // Two ASCII characters side by side are never one grapheme, except for a line end.
    private static int GraphemeLength(ReadOnlySpan<char> text) =>
        char.IsAscii(text[0]) && (text.Length == 1 || (char.IsAscii(text[1]) && text[0] != '\r')) ? 1 : StringInfo.GetNextTextElementLength(text);

    private bool AddGrapheme(ReadOnlySpan<char> grapheme, List<RewrittenPoint> points)
    {
        if (map.ShortestPrefix(grapheme) is not { } replacement)
        {
            return AddCharacters(grapheme, points);
        }

        Replace(grapheme, replacement, points);
        return true;
    }

    private bool AddCharacters(ReadOnlySpan<char> grapheme, List<RewrittenPoint> points)
    {
        bool changed = false;
        foreach (Rune rune in grapheme.EnumerateRunes())
        {
            if (map.Character(rune) is { } replacement)
            {
                Replace(rune.ToString(), replacement, points);
                changed = true;
            }
            else
            {
                points.Add(new RewrittenPoint(rune, 0));
            }
        }

        return changed;
    }

    // Of more characters than before the last are put in; of fewer, those that are missing went behind the last one.
    private static void Replace(ReadOnlySpan<char> old, string replacement, List<RewrittenPoint> points)
    {
        int before = Count(old);
        int after = 0;
        foreach (Rune rune in replacement.EnumerateRunes())
        {
            points.Add(new RewrittenPoint(rune, after++ < before ? 0 : 1));
        }

        if (after < before && points.Count > 0)
        {
            points[^1] = points[^1] with { Change = points[^1].Change + after - before };
        }
    }

    private static int Count(ReadOnlySpan<char> text)
    {
        int count = 0;
        foreach (Rune _ in text.EnumerateRunes())
        {
            count++;
        }

        return count;
    }
}
