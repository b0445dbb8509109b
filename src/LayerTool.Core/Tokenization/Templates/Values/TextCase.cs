using System.Text;

namespace LayerTool.Tokenization.Templates.Values;

/// <summary>Upper and lower case as Python has them: ß becomes SS.</summary>
internal static class TextCase
{
    public static string Upper(string text) => text.ToUpperInvariant().Replace("ß", "SS", StringComparison.Ordinal);

    public static string Capitalize(string text)
    {
        List<string> points = TextIndex.Points(text);
        return points.Count == 0 ? text : UpperFirst(points[0]) + string.Concat(points.Skip(1)).ToLowerInvariant();
    }

    /// <summary>Each run of letters begins with a capital.</summary>
    public static string Title(string text)
    {
        StringBuilder result = new(text.Length);
        bool inside = false;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool letter = Rune.IsLetter(rune);
            result.Append(letter ? inside ? Rune.ToLowerInvariant(rune).ToString() : UpperFirst(rune.ToString()) : rune.ToString());
            inside = letter;
        }

        return result.ToString();
    }

    public static string Swap(string text) => string.Concat(text.EnumerateRunes().Select(
        rune => Rune.IsUpper(rune) ? Rune.ToLowerInvariant(rune).ToString() : Rune.IsLower(rune) ? Upper(rune.ToString()) : rune.ToString()));

    public static bool IsUpper(string text) => text.EnumerateRunes().Any(Rune.IsUpper) && !text.EnumerateRunes().Any(Rune.IsLower);

    public static bool IsLower(string text) => text.EnumerateRunes().Any(Rune.IsLower) && !text.EnumerateRunes().Any(Rune.IsUpper);

    private static string UpperFirst(string point) => point == "ß" ? "Ss" : Upper(point);
}
