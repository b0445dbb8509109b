using System.Text.Json;
using LayerTool.Faults;

namespace LayerTool.Data;

/// <summary>Reading of one JSON object as one row of a table.</summary>
internal static class TextRow
{
    /// <summary>Depth that a row may nest to: data sets hold chats and annotations, none of them deep.</summary>
    public const int MaxDepth = 64;

    private const string RowHint = "a row is a JSON object with the text in one of its columns, such as `{\"text\": \"…\"}`";

    /// <summary>The row's columns and whether each holds a string.</summary>
    /// <param name="row">The object.</param>
    /// <param name="place">Where it is, for messages: <c>line 3</c>.</param>
    /// <param name="file">Path of the file, for messages.</param>
    public static IReadOnlyList<(string Name, bool IsText)> Columns(JsonElement row, string place, string file)
    {
        if (row.ValueKind != JsonValueKind.Object)
        {
            throw new LayerToolException($"`{file}`: {place} is {Kind(row)}, expected an object", RowHint);
        }

        return [.. row.EnumerateObject().Select(property => (property.Name, property.Value.ValueKind == JsonValueKind.String))];
    }

    /// <summary>The row's text.</summary>
    public static string Text(JsonElement row, string column, string place, string file)
    {
        if (row.ValueKind != JsonValueKind.Object)
        {
            throw new LayerToolException($"`{file}`: {place} is {Kind(row)}, expected an object", RowHint);
        }

        if (!row.TryGetProperty(column, out JsonElement value))
        {
            throw new LayerToolException($"`{file}`: {place} has no `{column}`, the column of the first row", "give every row the column, or name another one with `--column NAME`");
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            throw new LayerToolException($"`{file}`: `{column}` of {place} is {Kind(value)}, expected a string", "name a column of text with `--column NAME`");
        }

        return value.GetString()!;
    }

    /// <summary>A value's kind in words.</summary>
    public static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
