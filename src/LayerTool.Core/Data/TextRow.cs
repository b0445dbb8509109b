using System.Text.Json;
using LayerTool.Faults;

namespace LayerTool.Data;

/// <summary>Reading of one JSON object as one row of a table.</summary>
internal static class TextRow
{
    /// <summary>Depth that a row may nest to: data sets hold chats and annotations, none of them deep.</summary>
    public const int MaxDepth = 64;

    /// <summary>The row's columns and whether each holds a string.</summary>
    /// <param name="row">The object.</param>
    /// <param name="place">Where it is, for messages: <c>line 3</c>.</param>
    /// <param name="file">Path of the file, for messages.</param>
    public static IReadOnlyList<(string Name, bool IsText)> Columns(JsonElement row, string place, string file)
    {
        if (row.ValueKind != JsonValueKind.Object)
        {
            throw new LayerToolException($"`{file}`: {place} is {Kind(row)}, expected an object");
        }

        try
        {
            return [.. row.EnumerateObject().Select(property => (property.Name, property.Value.ValueKind == JsonValueKind.String))];
        }
        catch (InvalidOperationException fault)
        {
            throw new LayerToolException($"`{file}`: a name in {place} is not valid text", innerException: fault);
        }
    }

    /// <summary>The row's text.</summary>
    public static string Text(JsonElement row, string column, string place, string file)
    {
        if (row.ValueKind != JsonValueKind.Object)
        {
            throw new LayerToolException($"`{file}`: {place} is {Kind(row)}, expected an object");
        }

        if (!row.TryGetProperty(column, out JsonElement value))
        {
            throw new LayerToolException($"`{file}`: {place} has no `{column}`, the column of the first row");
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            throw new LayerToolException($"`{file}`: `{column}` of {place} is {Kind(value)}, expected a string");
        }

        return Decode(value, $"`{column}` of {place}", file);
    }

    /// <summary>A JSON string's text.</summary>
    public static string Decode(JsonElement value, string place, string file)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException fault)
        {
            // Bytes that are not UTF-8, or half of a surrogate pair.
            throw new LayerToolException($"`{file}`: {place} is not valid text", innerException: fault);
        }
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
