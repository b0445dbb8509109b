using System.Collections.Immutable;
using System.Text.Json;
using LayerTool.Faults;
using LayerTool.Files;

namespace LayerTool.Data;

/// <summary>
/// One JSON document: a list of objects or of strings, one document each; or rows of token ids. Files of JSON lines that carry
/// this extension are read as such.
/// </summary>
internal sealed class JsonFile : DocumentFile
{
    private static readonly JsonLimits Limits = new(1L << 28, TextRow.MaxDepth, "give a list of documents, or .jsonl with one object a line");

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
        byte[] content = GuardedJson.ReadBytes(path, Limits);
        if (HoldsLines(content))
        {
            return JsonLinesFile.Open(path, column);
        }

        using JsonDocument json = GuardedJson.Parse(content, path, Limits);
        ImmutableArray<ImmutableArray<int>>? rows = TokenRowsJson.Find(json.RootElement, path);
        return new JsonFile(path, rows is null ? Texts(json.RootElement, column, path) : [], rows);
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
            throw new LayerToolException($"`{path}` is {TextRow.Kind(root)} without documents, expected a list of objects or of strings", "such as `[{\"text\": \"…\"}]`, or .jsonl with one object a line");
        }

        if (root.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String))
        {
            return [.. root.EnumerateArray().Select(item => item.GetString()!)];
        }

        string chosen = TextColumn.Choose(TextRow.Columns(root[0], "item 0", path), column, path);
        return [.. root.EnumerateArray().Select((item, index) => TextRow.Text(item, chosen, $"item {index}", path))];
    }

    // A whole object on the first line and more behind it.
    private static bool HoldsLines(ReadOnlySpan<byte> content)
    {
        int end = content.IndexOf((byte)'\n');
        if (end <= 0 || content[end..].IndexOfAnyExcept(" \t\r\n"u8) < 0)
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
