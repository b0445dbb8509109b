namespace LayerTool.Cli.Output;

/// <summary>Writes help: headings, and rows of a name and a description that is folded beside it.</summary>
internal sealed class HelpWriter(TextWriter output, int width)
{
    /// <summary>A longer name gets a line of its own.</summary>
    private const int MaxNameWidth = 30;

    private const int LeastTextWidth = 24;

    public void Line(string text) => output.WriteLine(text);

    public void Heading(string title)
    {
        output.WriteLine();
        output.WriteLine($"{title}:");
    }

    /// <summary>Writes text, folded.</summary>
    public void Paragraph(string text)
    {
        foreach (string line in Fold(text, Math.Max(LeastTextWidth, width - 2)))
        {
            output.WriteLine($"  {line}");
        }
    }

    /// <summary>Writes rows under a heading; neither where there are none.</summary>
    public void Rows(string title, IEnumerable<(string Name, string Description)> rows)
    {
        (string Name, string Description)[] all = [.. rows];
        if (all.Length == 0)
        {
            return;
        }

        Heading(title);
        int nameWidth = Math.Min(MaxNameWidth, all.Max(row => row.Name.Length));
        foreach ((string name, string description) in all)
        {
            WriteRow(name, description, nameWidth);
        }
    }

    private void WriteRow(string name, string description, int nameWidth)
    {
        string indent = new(' ', 2 + nameWidth + 2);
        string lead = $"  {name.PadRight(nameWidth)}  ";
        if (name.Length > nameWidth)
        {
            output.WriteLine($"  {name}");
            lead = indent;
        }

        foreach (string line in Fold(description, Math.Max(LeastTextWidth, width - indent.Length)))
        {
            output.WriteLine(lead + line);
            lead = indent;
        }
    }

    private static IEnumerable<string> Fold(string text, int columns)
    {
        string line = "";
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > columns)
            {
                yield return line;
                line = "";
            }

            line = line.Length == 0 ? word : $"{line} {word}";
        }

        yield return line;
    }
}
