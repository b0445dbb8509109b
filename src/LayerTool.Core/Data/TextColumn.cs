using LayerTool.Faults;

namespace LayerTool.Data;

/// <summary>Which column of a table is the text.</summary>
internal static class TextColumn
{
    /// <summary>The column asked for, else <c>text</c>, else <c>page</c>, else the only column of strings.</summary>
    /// <param name="columns">Every column in file order, and whether it holds strings.</param>
    /// <param name="asked">The column that the user named, or null.</param>
    /// <param name="file">Path of the file, for messages.</param>
    public static string Choose(IReadOnlyList<(string Name, bool IsText)> columns, string? asked, string file)
    {
        string? chosen = asked is not null
            ? Find(columns, asked)
            : Find(columns, "text") ?? Find(columns, "page") ?? OnlyOne(columns);
        if (chosen is not null)
        {
            return chosen;
        }

        string found = columns.Count == 0
            ? "it has no columns"
            : "it has " + string.Join(", ", columns.Select(column => $"`{column.Name}`{(column.IsText ? " (text)" : "")}"));
        string wanted = asked is not null ? $"no text column `{asked}`" : "no column `text` or `page`, nor one single column of strings";
        throw new LayerToolException($"`{file}` has {wanted}; {found}", "name the column with `--column`");
    }

    private static string? Find(IReadOnlyList<(string Name, bool IsText)> columns, string name) =>
        columns.Any(column => column.IsText && column.Name == name) ? name : null;

    private static string? OnlyOne(IReadOnlyList<(string Name, bool IsText)> columns)
    {
        List<string> texts = [.. columns.Where(column => column.IsText).Select(column => column.Name)];
        return texts.Count == 1 ? texts[0] : null;
    }
}
