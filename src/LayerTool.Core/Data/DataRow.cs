using System.Globalization;
using System.Text.Json;
using LayerTool.Faults;

namespace LayerTool.Data;

/// <summary>
/// One row of a data set: named values of any kind. A name may go into an object: <c>choices.text</c>. What is missing or of
/// another kind is a fault that names file, row and column, and the columns that there are.
/// </summary>
/// <param name="file">Path of the file, for messages.</param>
/// <param name="number">The row's number in the file, from 0.</param>
/// <param name="value">The row, an object.</param>
public sealed class DataRow(string file, int number, JsonElement value)
{
    private const string Hint = "give the data set's own files, with the column names that it has on the Hugging Face hub";

    /// <summary>The row's number in its file, from 0.</summary>
    public int Number => number;

    /// <summary>The whole row.</summary>
    public JsonElement Value => value;

    /// <summary>Path of the file, and the row.</summary>
    public string Place => $"{file}: row {number}";

    /// <summary>Whether there is such a column.</summary>
    public bool Has(string column) => TryFind(column, out _);

    /// <summary>A value of any kind.</summary>
    public JsonElement this[string column] => TryFind(column, out JsonElement found)
        ? found
        : throw new LayerToolException(
            $"{Place} has no `{column}`; it has {string.Join(", ", value.EnumerateObject().Select(property => $"`{property.Name}`"))}", Hint);

    /// <summary>A string.</summary>
    public string Text(string column) => Text(this[column], column);

    /// <summary>A whole number, or a string that writes one.</summary>
    public int Integer(string column)
    {
        JsonElement found = this[column];
        return found.ValueKind switch
        {
            JsonValueKind.Number when found.TryGetInt32(out int number) => number,
            JsonValueKind.True => 1,
            JsonValueKind.False => 0,
            JsonValueKind.String when int.TryParse(Text(found, column), NumberStyles.Integer, CultureInfo.InvariantCulture, out int number) => number,
            _ => throw Wrong(column, found, "a whole number"),
        };
    }

    /// <summary>A list of strings.</summary>
    public IReadOnlyList<string> Texts(string column)
    {
        JsonElement found = this[column];
        return found.ValueKind == JsonValueKind.Array
            ? [.. found.EnumerateArray().Select(item => Text(item, column))]
            : throw Wrong(column, found, "a list of strings");
    }

    /// <summary>The same row under another number: where several files are one table.</summary>
    public DataRow Numbered(int place) => new(file, place, value);

    /// <summary>Whether two rows hold the same, whatever their files.</summary>
    public bool SameAs(DataRow other) => JsonElement.DeepEquals(value, other.Value);

    /// <summary>The fault for a value that does not do.</summary>
    /// <param name="column">Its column.</param>
    /// <param name="found">What is there.</param>
    /// <param name="expected">What should be.</param>
    public LayerToolException Wrong(string column, JsonElement found, string expected)
    {
        string text = found.GetRawText();
        return new LayerToolException($"{Place}: `{column}` is {Quoted.Text(text)}, expected {expected}", Hint);
    }

    private string Text(JsonElement item, string column) => item.ValueKind == JsonValueKind.String
        ? item.GetString()!
        : throw Wrong(column, item, "a string");

    private bool TryFind(string column, out JsonElement found)
    {
        if (value.TryGetProperty(column, out found))
        {
            return true;
        }

        int dot = column.IndexOf('.', StringComparison.Ordinal);
        return dot > 0
            && value.TryGetProperty(column.AsSpan(0, dot), out JsonElement inner)
            && inner.ValueKind == JsonValueKind.Object
            && inner.TryGetProperty(column.AsSpan(dot + 1), out found);
    }
}
