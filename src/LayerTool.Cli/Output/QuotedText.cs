using System.Globalization;
using System.Text;

namespace LayerTool.Cli.Output;

/// <summary>Text from a model, made fit for one line of a terminal.</summary>
internal static class QuotedText
{
    private const int ZeroWidthJoiner = 0x200D; // emoji are made with it

    /// <summary>
    /// The text in quotes: its spaces and line ends are seen, letters and emoji stand as they are, and what would steer a terminal
    /// or turn the direction of the line is written as an escape of JSON.
    /// </summary>
    public static string Of(string text)
    {
        StringBuilder quoted = new("\"");
        foreach (Rune rune in text.EnumerateRunes())
        {
            quoted.Append(rune.Value switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                ZeroWidthJoiner => rune.ToString(),
                _ => IsShown(rune) ? rune.ToString() : Escape(rune),
            });
        }

        return quoted.Append('"').ToString();
    }

    private static bool IsShown(Rune rune) => Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static string Escape(Rune rune) =>
        string.Concat(rune.ToString().Select(half => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)half:x4}")));
}
