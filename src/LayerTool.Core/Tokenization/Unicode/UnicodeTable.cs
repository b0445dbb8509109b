using System.Globalization;

namespace LayerTool.Tokenization.Unicode;

/// <summary>Reads the text tables that are embedded from this folder: fields between spaces, code points in hexadecimal.</summary>
internal static class UnicodeTable
{
    public static IEnumerable<string[]> Lines(string name)
    {
        using Stream stream = typeof(UnicodeTable).Assembly.GetManifestResourceStream(typeof(UnicodeTable), name)
            ?? throw new InvalidOperationException($"The table {name} is not embedded.");
        using StreamReader reader = new(stream);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
            {
                yield return line.Split(' ');
            }
        }
    }

    public static int Point(string field) => int.Parse(field, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    public static CodePointRange Range(string field)
    {
        int dash = field.IndexOf('-', StringComparison.Ordinal);
        return dash < 0 ? new CodePointRange(Point(field), Point(field)) : new CodePointRange(Point(field[..dash]), Point(field[(dash + 1)..]));
    }
}
