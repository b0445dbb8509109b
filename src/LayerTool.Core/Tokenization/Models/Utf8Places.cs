using System.Text;

namespace LayerTool.Tokenization.Models;

/// <summary>From places in UTF-8 to places in UTF-16.</summary>
internal static class Utf8Places
{
    /// <summary>For each byte of a text in UTF-8 the unit at which its character begins.</summary>
    public static int[] UnitsOf(ReadOnlySpan<char> text)
    {
        int[] units = new int[Encoding.UTF8.GetByteCount(text)];
        int place = 0;
        int unit = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            units.AsSpan(place, rune.Utf8SequenceLength).Fill(unit);
            place += rune.Utf8SequenceLength;
            unit += rune.Utf16SequenceLength;
        }

        return units;
    }
}
