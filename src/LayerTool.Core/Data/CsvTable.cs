using System.Text;
using System.Text.Json;
using LayerTool.Faults;

namespace LayerTool.Data;

/// <summary>
/// Comma-separated values as RFC 4180 has them: the first record names the columns; a field in quotes may hold commas, line ends
/// and doubled quotes. Every value is a string.
/// </summary>
internal static class CsvTable
{
    private const long MaxBytes = 1L << 28;

    /// <summary>Reads all rows.</summary>
    /// <exception cref="LayerToolException">A record has another number of fields than the first, or a quote is left open.</exception>
    public static IReadOnlyList<DataRow> Read(string file)
    {
        if (new FileInfo(file).Length > MaxBytes)
        {
            throw new LayerToolException($"{file}: has more than {MaxBytes} bytes, which a .csv file may have", "write it as .jsonl or .parquet");
        }

        List<DataRow> rows = [];
        string[]? columns = null;
        foreach (string[] record in Records(File.ReadAllText(file), file))
        {
            if (columns is null)
            {
                columns = record;
                continue;
            }

            if (record.Length != columns.Length)
            {
                throw new LayerToolException(
                    $"{file}: row {rows.Count} has {record.Length} fields, the first line names {columns.Length} columns", "quote fields that hold commas or line ends");
            }

            Dictionary<string, string> values = new(StringComparer.Ordinal);
            for (int index = 0; index < columns.Length; index++)
            {
                values[columns[index]] = record[index];
            }

            rows.Add(new DataRow(file, rows.Count, JsonSerializer.SerializeToElement(values)));
        }

        return rows;
    }

    private static IEnumerable<string[]> Records(string text, string file)
    {
        List<string> record = [];
        StringBuilder field = new();
        bool quoted = false;
        for (int index = 0; index < text.Length; index++)
        {
            char letter = text[index];
            if (quoted)
            {
                if (letter != '"')
                {
                    field.Append(letter);
                }
                else if (index + 1 < text.Length && text[index + 1] == '"')
                {
                    field.Append(text[++index]);
                }
                else
                {
                    quoted = false;
                }
            }
            else if (letter == '"' && field.Length == 0)
            {
                quoted = true;
            }
            else if (letter == ',')
            {
                record.Add(field.ToString());
                field.Clear();
            }
            else if (letter == '\n')
            {
                record.Add(field.ToString().TrimEnd('\r'));
                field.Clear();
                if (record is not [""])
                {
                    yield return [.. record];
                }

                record.Clear();
            }
            else
            {
                field.Append(letter);
            }
        }

        if (quoted)
        {
            throw new LayerToolException($"{file}: a quote is opened and never closed", "check that the file is whole");
        }

        record.Add(field.ToString().TrimEnd('\r'));
        if (record is not [""])
        {
            yield return [.. record];
        }
    }
}
