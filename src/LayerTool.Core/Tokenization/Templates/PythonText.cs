using System.Globalization;
using System.Text;

namespace LayerTool.Tokenization.Templates;

/// <summary>Text as Python sees it: its white space, and how it writes a text as a literal.</summary>
internal static class PythonText
{
    /// <summary>Whether Python takes a character for white space: with U+001C to U+001F, without U+200B.</summary>
    public static bool IsSpace(char unit) => unit is (>= '\t' and <= '\r') or (>= '\u001C' and <= '\u0020') or '\u0085' or '\u00A0' or '\u1680'
        or (>= '\u2000' and <= '\u200A') or '\u2028' or '\u2029' or '\u202F' or '\u205F' or '\u3000';

    public static string TrimStart(string text) => text[CountStart(text)..];

    public static string TrimEnd(string text)
    {
        int end = text.Length;
        while (end > 0 && IsSpace(text[end - 1]))
        {
            end--;
        }

        return text[..end];
    }

    public static string Trim(string text) => TrimStart(TrimEnd(text));

    /// <summary>The text as a literal: quotes chosen so that as few as possible are escaped.</summary>
    public static string Repr(string text)
    {
        char quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        StringBuilder literal = new(text.Length + 2);
        literal.Append(quote);
        foreach (Rune rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '\\' => literal.Append(@"\\"),
                '\n' => literal.Append(@"\n"),
                '\r' => literal.Append(@"\r"),
                '\t' => literal.Append(@"\t"),
                _ when rune.Value == quote => literal.Append('\\').Append(quote),
                _ when IsPrintable(rune) => literal.Append(rune),
                < 0x100 => literal.Append(CultureInfo.InvariantCulture, $@"\x{rune.Value:x2}"),
                < 0x10000 => literal.Append(CultureInfo.InvariantCulture, $@"\u{rune.Value:x4}"),
                _ => literal.Append(CultureInfo.InvariantCulture, $@"\U{rune.Value:x8}"),
            };
        }

        return literal.Append(quote).ToString();
    }

    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);

    private static int CountStart(string text)
    {
        int start = 0;
        while (start < text.Length && IsSpace(text[start]))
        {
            start++;
        }

        return start;
    }
}
