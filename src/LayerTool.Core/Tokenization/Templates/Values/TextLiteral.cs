using System.Globalization;
using System.Text;

namespace LayerTool.Tokenization.Templates.Values;

/// <summary>A text as Python's <c>repr</c> writes it.</summary>
internal static class TextLiteral
{
    /// <summary>The text in quotes that are chosen so that as few as possible are escaped.</summary>
    public static string Of(string text)
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
}
