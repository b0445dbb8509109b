using System.Globalization;
using System.Text;

namespace LayerTool.Python;

/// <summary>Lower and title case of texts as Python's methods make them, which know letters whose case depends on their place.</summary>
public static class LetterCase
{
    /// <summary><c>str.capitalize()</c>: the first character in title case, the rest in lower case.</summary>
    public static string Capitalize(string text)
    {
        if (text.Length == 0)
        {
            return text;
        }

        Rune first = Rune.GetRuneAt(text, 0);
        return TitleCase(first) + Lower(text[first.Utf16SequenceLength..], text[..first.Utf16SequenceLength]);
    }

    /// <summary><c>str.lower()</c>.</summary>
    public static string Lower(string text) => Lower(text, "");

    // What stands before matters to the one letter whose lower case depends on its place.
    private static string Lower(string text, string before)
    {
        StringBuilder lower = new(text.Length);
        for (int index = 0; index < text.Length;)
        {
            Rune rune = Rune.TryGetRuneAt(text, index, out Rune whole) ? whole : Rune.ReplacementChar;
            lower.Append(rune.Value switch
            {
                'İ' => "i\u0307",
                'Σ' => IsFinal(before + text, before.Length + index) ? "ς" : "σ",
                _ => Rune.ToLowerInvariant(rune).ToString(),
            });
            index += rune.Utf16SequenceLength;
        }

        return lower.ToString();
    }

    private static bool IsFinal(string text, int index) =>
        text[..index].EnumerateRunes().Reverse().SkipWhile(IsPassedOver).Take(1).Any(Rune.IsLetter)
        && !text[(index + 1)..].EnumerateRunes().SkipWhile(IsPassedOver).Take(1).Any(Rune.IsLetter);

    private static bool IsPassedOver(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format or UnicodeCategory.ModifierSymbol
        || rune.Value is '\'' or '.' or ':' or '·' or '’';

    // Digraphs have a title case of their own; a few letters become two.
    private static string TitleCase(Rune rune) => rune.Value switch
    {
        'ß' => "Ss",
        >= 'Ǆ' and <= 'ǆ' => "ǅ",
        >= 'Ǉ' and <= 'ǉ' => "ǈ",
        >= 'Ǌ' and <= 'ǌ' => "ǋ",
        >= 'Ǳ' and <= 'ǳ' => "ǲ",
        'ŉ' => "ʼN",
        'ǰ' => "J\u030c",
        'ﬀ' => "Ff",
        'ﬁ' => "Fi",
        'ﬂ' => "Fl",
        'ﬃ' => "Ffi",
        'ﬄ' => "Ffl",
        'ﬅ' or 'ﬆ' => "St",
        'և' => "Եւ",
        _ => Rune.ToUpperInvariant(rune).ToString(),
    };
}
