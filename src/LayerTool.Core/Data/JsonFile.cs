using System.Collections.Immutable;
using System.Text.Json;
using LayerTool.Faults;

namespace LayerTool.Data;

/// <summary>
/// One JSON document: a list of objects or of strings, one document each; or rows of token ids. Files of JSON lines that carry
/// this extension are read as such.
/// </summary>
internal sealed class JsonFile : DocumentFile
{
    private const long MaxBytes = 1L << 28;

    private readonly ImmutableArray<string> _documents;
    private readonly ImmutableArray<ImmutableArray<int>>? _rows;

    private JsonFile(string path, ImmutableArray<string> documents, ImmutableArray<ImmutableArray<int>>? rows)
        : base(path)
    {
        _documents = documents;
        _rows = rows;
    }

    public override ImmutableArray<ImmutableArray<int>>? TokenRows => _rows;

    public static new DocumentFile Open(string path, string? column)
    {
        long bytes = new FileInfo(path).Length;
        if (bytes > MaxBytes)
        {
            throw new LayerToolException($"`{path}` has {bytes} bytes; a .json file may have {MaxBytes}", "write it as .jsonl, one document a line");
        }

        byte[] content = File.ReadAllBytes(path);
        try
        {
            using JsonDocument json = JsonDocument.Parse(content, new JsonDocumentOptions { MaxDepth = TextRow.MaxDepth });
            ImmutableArray<ImmutableArray<int>>? rows = TokenRowsJson.Find(json.RootElement, path);
            return new JsonFile(path, rows is null ? Texts(json.RootElement, column, path) : [], rows);
        }
        catch (JsonException fault)
        {
            return HoldsLines(content)
                ? JsonLinesFile.Open(path, column)
                : throw new LayerToolException($"`{path}` is not JSON: {fault.Message}", innerException: fault);
        }
    }

    public override IEnumerable<string> Documents() => _rows is null
        ? _documents
        : throw new LayerToolException($"`{Path}` holds token ids, expected text", "give a .txt, .jsonl or .parquet file");

    private static ImmutableArray<string> Texts(JsonElement root, string? column, string path)
    {
        if (root.ValueKind == JsonValueKind.Object)
        {
            return [TextRow.Text(root, TextColumn.Choose(TextRow.Columns(root, "the object", path), column, path), "the object", path)];
        }

        if (root.ValueKind != JsonValueKind.Array || root.GetArrayLength() == 0)
        {
            throw new LayerToolException($"`{path}` is {TextRow.Kind(root)} without documents, expected a list of objects or of strings");
        }

        if (root.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String))
        {
            return [.. root.EnumerateArray().Select((item, index) => TextRow.Decode(item, $"item {index}", path))];
        }

        string chosen = TextColumn.Choose(TextRow.Columns(root[0], "item 0", path), column, path);
        return [.. root.EnumerateArray().Select((item, index) => TextRow.Text(item, chosen, $"item {index}", path))];
    }

    // A whole object on the first line and more behind it.
    private static bool HoldsLines(ReadOnlySpan<byte> content)
    {
        int end = content.IndexOf((byte)'\n');
        if (end <= 0)
        {
            return false;
        }

        Utf8JsonReader reader = new(content[..end]);
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject && reader.TrySkip();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
