namespace LayerTool.Cli.Output;

/// <summary>A column of a table.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Kind">What stands in it.</param>
internal readonly record struct Column(string Title, ColumnKind Kind = ColumnKind.Text)
{
    public static implicit operator Column(string title) => new(title);

    public static Column Number(string title) => new(title, ColumnKind.Number);

    public static Column Name(string title) => new(title, ColumnKind.Name);
}
