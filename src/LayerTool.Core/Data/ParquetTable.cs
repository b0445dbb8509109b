using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using LayerTool.Faults;
using Parquet.Serialization;

namespace LayerTool.Data;

/// <summary>Every row of a Parquet file with all its columns, lists and structures among them.</summary>
internal static class ParquetTable
{
    private const long MaxBytes = 1L << 30;

    /// <summary>Reads all rows.</summary>
    /// <exception cref="LayerToolException">The file is damaged, too large, or holds values that have no JSON form.</exception>
    public static IReadOnlyList<DataRow> Read(string file)
    {
        if (new FileInfo(file).Length > MaxBytes)
        {
            throw new LayerToolException($"{file}: has more than {MaxBytes} bytes, which a data set's .parquet file may have", "write the rows that are needed as .jsonl");
        }

        try
        {
            using FileStream stream = File.OpenRead(file);
            IList<Dictionary<string, object>> rows = ParquetSerializer.DeserializeUntypedAsync(stream).GetAwaiter().GetResult().Data;
            return [.. rows.Select((row, index) => new DataRow(file, index, JsonSerializer.SerializeToElement(Node(row, file))))];
        }
        catch (Exception fault) when (fault is not LayerToolException and not OutOfMemoryException and not IOException and not UnauthorizedAccessException)
        {
            // The library answers a damaged file with whatever its parsing runs into.
            throw new LayerToolException($"{file}: cannot be read as Parquet: {fault.Message}", "check that the file is whole", fault);
        }
    }

    private static JsonNode? Node(object? value, string file) => value switch
    {
        null => null,
        string text => JsonValue.Create(text),
        ReadOnlyMemory<char> text => JsonValue.Create(text.ToString()),
        bool flag => JsonValue.Create(flag),
        double or float or decimal => JsonValue.Create(Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture)),
        sbyte or byte or short or ushort or int or uint or long => JsonValue.Create(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)),
        ulong number => JsonValue.Create(number),
        DateTime time => JsonValue.Create(time),
        byte[] bytes => JsonValue.Create(Convert.ToBase64String(bytes)),
        IDictionary<string, object?> structure => new JsonObject(structure.Select(pair => KeyValuePair.Create(pair.Key, Node(pair.Value, file)))),
        IEnumerable list => new JsonArray([.. list.Cast<object?>().Select(item => Node(item, file))]),
        _ => throw new LayerToolException($"{file}: holds values of type {value.GetType().Name}, which are not handled", "write the rows as .jsonl"),
    };
}
