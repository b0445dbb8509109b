using Spectre.Console;
using Spectre.Console.Rendering;

namespace LayerTool.Cli.Output;

/// <summary>What a report writes its text with: lines, pairs of a name and a value, tables.</summary>
internal sealed class ReportWriter(IAnsiConsole console, OutputTarget target)
{
    private const int ColumnGap = 2;

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
                Alignment = column.IsNumber ? Justify.Right : Justify.Left,
                NoWrap = column.IsNumber || !target.IsTerminal,
                Padding = new Padding(0, 0, ColumnGap, 0),
            });
        }

        table.Columns[^1].Padding = new Padding(0);
        foreach (IReadOnlyList<string> row in rows)
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
}
