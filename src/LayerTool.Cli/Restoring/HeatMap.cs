using System.Globalization;
using LayerTool.Scoring;

namespace LayerTool.Cli.Restoring;

/// <summary>
/// The ranges as letters of a terminal, without colour: a row for each first layer, a column for each last one. A digit is how
/// diverse a range is, a dot one that does not stay valid, a star the one that is taken.
/// </summary>
internal static class HeatMap
{
    private const int Width = 80;
    private const int Label = 6;
    private const int Levels = 10;

    /// <summary>The lines of the picture, its key below.</summary>
    public static IReadOnlyList<string> Lines(TriangleTable table)
    {
        int[] layers = [.. table.Triangle.Ranges.Select(row => row.Range!.Value.First).Distinct().Order()];
        int bin = Math.Max(1, (int)Math.Ceiling((double)layers.Length / (Width - Label)));
        int[] marks = [.. layers.Where((_, index) => index % bin == 0)]; // the first layer of each row and column
        int cell = marks.Length * 2 <= Width - Label ? 2 : 1;
        ILookup<(int First, int Last), RangeScore> cells = table.Triangle.Ranges.ToLookup(row => (
            Array.FindLastIndex(marks, mark => mark <= row.Range!.Value.First), Array.FindLastIndex(marks, mark => mark <= row.Range!.Value.Last)));

        string Row(string label, Func<int, string> shown) =>
            $"{label,Label - 1} {string.Concat(Enumerable.Range(0, marks.Length).Select(column => shown(column).PadLeft(cell)))}".TrimEnd();

        return
        [
            "each range, by its first layer (down) and its last (across)",
            .. marks[^1] < 10 ? Array.Empty<string>() : [Row("", column => marks[column] < 10 ? "" : Tens(marks, column))],
            Row("", column => (marks[column] % 10).ToString(CultureInfo.InvariantCulture)),
            .. marks.Select((mark, row) => Row(mark.ToString(CultureInfo.InvariantCulture), column => Sign(table, [.. cells[(row, column)]]))),
            .. Key(table, bin),
        ];
    }

    // Above the first layer of each ten.
    private static string Tens(int[] marks, int column) =>
        column == 0 || marks[column - 1] / 10 != marks[column] / 10 ? (marks[column] / 10 % 10).ToString(CultureInfo.InvariantCulture) : "";

    private static string Sign(TriangleTable table, IReadOnlyList<RangeScore> rows) => rows switch
    {
        [] => "",
        _ when rows.Contains(table.Choice.Chosen) => "*",
        _ => rows.Where(table.Choice.Allows).MaxBy(row => row.Mean.Diversity) is RangeScore best
            ? Math.Min(Levels - 1, (int)(table.Place(best) * Levels)).ToString(CultureInfo.InvariantCulture)
            : ".",
    };

    private static IEnumerable<string> Key(TriangleTable table, int bin)
    {
        (double low, double high) = table.Limits;
        yield return string.Create(CultureInfo.InvariantCulture, $"0 to 9: diversity from {low:0.000} to {high:0.000}   .: not valid enough   *: chosen");
        if (bin > 1)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"a place holds {bin} layers each way, and shows the most diverse range in it");
        }
    }
}
