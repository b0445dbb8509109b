using System.Globalization;
using LayerTool.Scoring;

namespace LayerTool.Cli.Restoring;

/// <summary>The table of ranges as comma-separated values: one row a range, the model as it is in front.</summary>
internal static class TriangleCsv
{
    /// <summary>The file's text.</summary>
    public static string Text(TriangleTable table)
    {
        List<string> lines =
        [
            string.Join(',', ["first", "last", "layers", "validity", "entropy", "diversity", "allowed", "chosen", .. table.Classes.SelectMany(name => new[] { Quoted($"validity {name}"), Quoted($"diversity {name}") })]),
        ];
        lines.AddRange(table.Rows.Select(row => Line(table, row)));
        return string.Join('\n', [.. lines, ""]);
    }

    private static string Line(TriangleTable table, RangeScore row) => string.Join(
        ',',
        [
            row.Range?.First.ToString(CultureInfo.InvariantCulture) ?? "",
            row.Range?.Last.ToString(CultureInfo.InvariantCulture) ?? "",
            row.Count.ToString(CultureInfo.InvariantCulture),
            Number(row.Mean.Validity),
            Number(row.Mean.Entropy),
            Number(row.Mean.Diversity),
            table.Choice.Allows(row) ? "1" : "0",
            row == table.Choice.Chosen ? "1" : "0",
            .. table.Classes.Select(name => table.Mean(row, name)).SelectMany(score => new[] { Number(score.Validity), Number(score.Diversity) }),
        ]);

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Quoted(string text) => text.AsSpan().ContainsAny(",\"\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
