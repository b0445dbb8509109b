namespace LayerTool.Tokenization.Templates;

/// <summary>White space as Python sees it, and what it does with that at the ends of a text.</summary>
internal static class PythonSpace
{
    /// <summary>Whether a character is white space: .NET's, and the four separators U+001C to U+001F.</summary>
    public static bool IsSpace(char character) => char.IsWhiteSpace(character) || character is >= '\u001c' and <= '\u001f';

    /// <summary><c>str.strip()</c>.</summary>
    public static string Trim(string text) => TrimStart(TrimEnd(text));

    /// <summary><c>str.lstrip()</c>.</summary>
    public static string TrimStart(string text)
    {
        int start = 0;
        while (start < text.Length && IsSpace(text[start]))
        {
            start++;
        }

        return text[start..];
    }

    /// <summary><c>str.rstrip()</c>.</summary>
    public static string TrimEnd(string text) => text[..LengthWithoutEnd(text)];

    /// <summary>Where the white space at the end begins.</summary>
    public static int LengthWithoutEnd(string text)
    {
        int end = text.Length;
        while (end > 0 && IsSpace(text[end - 1]))
        {
            end--;
        }

        return end;
    }
}
