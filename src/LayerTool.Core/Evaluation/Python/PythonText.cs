using System.Globalization;
using System.Text;

namespace LayerTool.Evaluation.Python;

/// <summary>What Python's methods of strings do, where .NET's own do something else. Prompts are made with them.</summary>
public static class PythonText
{
    /// <summary>Whether a character is white space: .NET's, and the four separators U+001C to U+001F.</summary>
    public static bool IsSpace(char character) => char.IsWhiteSpace(character) || character is >= '\u001c' and <= '\u001f';

    /// <summary><c>str.strip()</c>.</summary>
    public static string Strip(string text)
    {
        int start = 0;
        while (start < text.Length && IsSpace(text[start]))
        {
            start++;
        }

        return text[start..Math.Max(start, RightEnd(text))];
    }

    /// <summary><c>str.lstrip()</c>.</summary>
    public static string StripLeft(string text)
    {
        int start = 0;
        while (start < text.Length && IsSpace(text[start]))
        {
            start++;
        }

        return text[start..];
    }

    /// <summary>Length of <c>str.rstrip()</c>: where the white space at the end begins.</summary>
    public static int RightEnd(string text)
    {
        int end = text.Length;
        while (end > 0 && IsSpace(text[end - 1]))
        {
            end--;
        }

        return end;
    }

    /// <summary>Number of code points, as <c>len(str)</c>.</summary>
    public static int Length(string text) => text.EnumerateRunes().Count();

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
