using LayerTool.Faults;
using Parquet;
using Parquet.Schema;

namespace LayerTool.Data;

/// <summary>A Parquet file, one document a row, read one row group at a time. A row without text is an empty document.</summary>
internal sealed class ParquetFile : DocumentFile
{
    private const long MaxRows = 1 << 25;

    private readonly string _column;

    private ParquetFile(string path, string column)
        : base(path)
    {
        _column = column;
    }

    public static new ParquetFile Open(string path, string? column)
    {
        ParquetSchema schema = Guarded(path, () => ParquetReader.ReadSchemaAsync(path));
        return new ParquetFile(path, TextColumn.Choose([.. schema.Fields.Select(field => (field.Name, IsText(field)))], column, path));
    }

    public override IEnumerable<string> Documents()
    {
        ParquetReader reader = Guarded(Path, () => ParquetReader.CreateAsync(Path));
        try
        {
            DataField field = (DataField)reader.Schema.Fields.First(field => field.Name == _column);
            for (int group = 0; group < reader.RowGroupCount; group++)
            {
                foreach (string? text in ReadGroup(reader, group, field))
                {
                    yield return text ?? "";
                }
            }
        }
        finally
        {
            Guarded(Path, async () =>
            {
                await reader.DisposeAsync();
                return true;
            });
        }
    }

    // The library reads strings as memory of characters unless asked not to, and unmarked bytes as memory of bytes.
    private static bool IsText(Field field) =>
        field is DataField { IsArray: false } data && (data.ClrType == typeof(string) || data.ClrType == typeof(ReadOnlyMemory<char>));

    private string?[] ReadGroup(ParquetReader reader, int group, DataField field) => Guarded(Path, async () =>
    {
        using ParquetRowGroupReader rows = reader.OpenRowGroupReader(group);
        if (rows.RowCount > MaxRows)
        {
            throw new LayerToolException($"`{Path}`: row group {group} has {rows.RowCount} rows; {MaxRows} are read at most", "write the file with smaller row groups");
        }

        string?[] texts = new string?[rows.RowCount];
        await rows.ReadAsync(field, texts.AsMemory(), null, CancellationToken.None);
        return texts;
    });

    // The library answers a damaged file with whatever its parsing runs into, so all of that is the file's fault.
    private static T Guarded<T>(string path, Func<Task<T>> read)
    {
        try
        {
            return read().GetAwaiter().GetResult();
        }
        catch (Exception fault) when (fault is not LayerToolException and not OutOfMemoryException)
        {
            throw new LayerToolException($"`{path}` cannot be read as Parquet: {fault.Message}", "check that the file is whole", fault);
        }
    }
}
