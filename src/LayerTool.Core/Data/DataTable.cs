using System.Text.Json;
using LayerTool.Faults;
using LayerTool.Files;

namespace LayerTool.Data;

/// <summary>
/// Rows of a data set's file: <c>.jsonl</c>, <c>.json</c> (a list of objects), <c>.csv</c> and <c>.parquet</c> with their own
/// columns; <c>.txt</c> as one column <c>text</c>, one row a line. All of them are read.
/// </summary>
public static class DataTable
{
    private static readonly JsonLimits Limits = new(1L << 30, TextRow.MaxDepth, "write the rows as .jsonl, one object a line");

    /// <summary>Endings of the files that can be read, the one looked for first in front.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".jsonl", ".json", ".csv", ".parquet", ".txt"];

    /// <summary>Reads a file.</summary>
    /// <exception cref="LayerToolException">It is missing, empty, or a row is at fault (named).</exception>
    public static IReadOnlyList<DataRow> Read(string file)
    {
        IReadOnlyList<DataRow> rows;
        try
        {
            rows = Path.GetExtension(file).ToUpperInvariant() switch
            {
                ".JSONL" or ".NDJSON" => Lines(file),
                ".JSON" => List(file),
                ".CSV" => CsvTable.Read(file),
                ".PARQUET" => ParquetTable.Read(file),
                ".TXT" => TextLines(file),
                string ending => throw new LayerToolException(
                    $"{file}: ends in `{ending.ToLowerInvariant()}`, expected {string.Join(", ", Endings.Select(known => $"`{known}`"))}", "write the rows as .jsonl, one object a line"),
            };
        }
        catch (Exception fault) when (FileFault.IsOne(fault))
        {
            throw FileFault.Unreadable(file, fault);
        }

        return rows.Count > 0 ? rows : throw new LayerToolException($"{file}: has no rows", "give a file with at least one row");
    }

    private static List<DataRow> Lines(string file)
    {
        List<DataRow> rows = [];
        foreach ((JsonElement row, int line) in JsonLinesFile.Rows(file))
        {
            rows.Add(Row(file, rows.Count, row, $"line {line}"));
        }

        return rows;
    }

    private static List<DataRow> List(string file)
    {
        byte[] bytes = GuardedJson.ReadBytes(file, Limits);
        if (bytes.AsSpan().TrimStart(" \t\r\n"u8).StartsWith("{"u8))
        {
            return Lines(file); // lines of JSON often carry this ending too
        }

        using JsonDocument json = GuardedJson.Parse(bytes, file, Limits);
        JsonElement root = json.RootElement.Clone();
        return root.ValueKind == JsonValueKind.Array
            ? [.. root.EnumerateArray().Select((row, index) => Row(file, index, row, $"item {index}"))]
            : throw new LayerToolException($"{file}: is {TextRow.Kind(root)}, expected a list of objects", "write the rows as .jsonl, one object a line");
    }

    private static DataRow[] TextLines(string file) =>
    [
        .. File.ReadLines(file).Select((line, index) => new DataRow(file, index, JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["text"] = line }))),
    ];

    private static DataRow Row(string file, int number, JsonElement row, string place) => row.ValueKind == JsonValueKind.Object
        ? new DataRow(file, number, row)
        : throw new LayerToolException($"{file}: {place} is {TextRow.Kind(row)}, expected an object", "each row is an object with the columns as its keys");
}
