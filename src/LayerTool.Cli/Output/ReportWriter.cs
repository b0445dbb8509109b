using Spectre.Console;
using Spectre.Console.Rendering;

namespace LayerTool.Cli.Output;

/// <summary>What a report writes its text with: lines, pairs of a name and a value, tables.</summary>
internal sealed class ReportWriter(IAnsiConsole console, OutputTarget target)
{
    private const int ColumnGap = 2;
    private const int ShortestName = 24;

    /// <summary>Writes a line of plain text.</summary>
    public void Line(string text = "") => target.Writer.WriteLine(text);

    /// <summary>Writes a heading over what follows.</summary>
    public void Heading(string text)
    {
        console.Write(new Text(text, new Style(decoration: Decoration.Bold)));
        target.Writer.WriteLine();
    }

    /// <summary>Writes names and values, the values in one column.</summary>
    public void Pairs(IEnumerable<(string Name, string Value)> pairs)
    {
        (string Name, string Value)[] rows = [.. pairs];
        int width = rows.Length == 0 ? 0 : rows.Max(row => row.Name.Length);
        foreach ((string name, string value) in rows)
        {
            target.Writer.WriteLine($"{name.PadRight(width)}  {value}");
        }
    }

    /// <summary>Writes a table: bare columns under bold headings; off a terminal no cell is ever folded.</summary>
    public void Table(IReadOnlyList<Column> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        Table table = new() { Border = TableBorder.None };
        foreach (Column column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column.Title, new Style(decoration: Decoration.Bold)))
            {
                Alignment = column.Kind == ColumnKind.Number ? Justify.Right : Justify.Left,
                NoWrap = column.Kind != ColumnKind.Text || !target.IsTerminal,
                Padding = new Padding(0, 0, ColumnGap, 0),
            });
        }

        table.Columns[^1].Padding = new Padding(0);
        foreach (IReadOnlyList<string> row in target.IsTerminal ? Fitted(columns, [.. rows]) : rows)
        {
            table.AddRow(row.Select(cell => new Text(cell)));
        }

        if (target.IsTerminal)
        {
            console.Write(table);
            return;
        }

        // What follows a cell is needed on a screen only.
        IEnumerable<Segment> segments = ((IRenderable)table).Render(RenderOptions.Create(console), console.Profile.Width);
        foreach (string line in string.Concat(segments.Select(segment => segment.Text)).TrimEnd('\n').Split('\n'))
        {
            target.Writer.WriteLine(line.TrimEnd());
        }
    }

    // Names give way where the table is wider than the terminal, down to what can still be told apart.
    private IEnumerable<IReadOnlyList<string>> Fitted(IReadOnlyList<Column> columns, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        int[] widths = [.. columns.Select((column, index) => rows.Select(row => row[index].Length).Append(column.Title.Length).Max())];
        int excess = Math.Max(0, widths.Sum() + (ColumnGap * (columns.Count - 1)) - target.Width);
        int[] allowed = [.. columns.Select((column, index) => column.Kind == ColumnKind.Name ? Math.Max(ShortestName, widths[index] - excess) : int.MaxValue)];
        return rows.Select(row => (IReadOnlyList<string>)[.. row.Select((cell, index) => Shortened(cell, allowed[index]))]);
    }

    // The end of a name tells more than its middle.
    private static string Shortened(string name, int width)
    {
        int head = (width - 1) / 3;
        return name.Length <= width ? name : string.Concat(name.AsSpan(0, head), "…", name.AsSpan(name.Length - (width - 1 - head)));
    }
}
