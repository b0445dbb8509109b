using System.Text;
using System.Text.Json;
using LayerTool.Faults;
using LayerTool.Files;

namespace LayerTool.Data;

/// <summary>One JSON object a line, one document a row.</summary>
internal sealed class JsonLinesFile : DocumentFile
{
    private const int MaxLineCharacters = 1 << 26;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly JsonLimits Limits = new(MaxLineCharacters, TextRow.MaxDepth, "each line is one JSON object, such as `{\"text\": \"…\"}`");

    private readonly string _column;

    private JsonLinesFile(string path, string column)
        : base(path)
    {
        _column = column;
    }

    public static new JsonLinesFile Open(string path, string? column)
    {
        foreach ((string line, int number) in Lines(path))
        {
            using JsonDocument row = Parse(line, number, path);
            IReadOnlyList<(string Name, bool IsText)> columns = TextRow.Columns(row.RootElement, Place(number), path);
            return new JsonLinesFile(path, TextColumn.Choose(columns, column, path));
        }

        throw new LayerToolException($"`{path}` has no rows", "give a file with one JSON object a line, such as `{\"text\": \"…\"}`");
    }

    /// <summary>Every row and the number of its line, from 1.</summary>
    /// <exception cref="LayerToolException">A line is not JSON.</exception>
    public static IEnumerable<(JsonElement Row, int Line)> Rows(string path)
    {
        foreach ((string line, int number) in Lines(path))
        {
            using JsonDocument row = Parse(line, number, path);
            yield return (row.RootElement.Clone(), number);
        }
    }

    public override IEnumerable<string> Documents()
    {
        foreach ((string line, int number) in Lines(Path))
        {
            using JsonDocument row = Parse(line, number, Path);
            yield return TextRow.Text(row.RootElement, _column, Place(number), Path);
        }
    }

    private static string Place(int number) => $"line {number}";

    private static JsonDocument Parse(string line, int number, string path) => GuardedJson.Parse(Utf8.GetBytes(line), path, Limits, number);

    // Lines end at a line feed alone, as the format has it; blank ones are passed over.
    private static IEnumerable<(string Line, int Number)> Lines(string path)
    {
        using StreamReader reader = OpenText(path);
        StringBuilder line = new();
        char[] buffer = new char[1 << 16];
        int number = 1;
        for (int count = Read(reader, buffer, path); count > 0; count = Read(reader, buffer, path))
        {
            int start = 0;
            for (int end = Array.IndexOf(buffer, '\n', 0, count); end >= 0; end = Array.IndexOf(buffer, '\n', start, count - start))
            {
                line.Append(buffer, start, end - start);
                start = end + 1;
                if (Take(line) is string full)
                {
                    yield return (full, number);
                }

                number++;
            }

            line.Append(buffer, start, count - start);
            if (line.Length > MaxLineCharacters)
            {
                throw new LayerToolException($"`{path}`: line {number} has more than {MaxLineCharacters} characters", "split the document into several rows");
            }
        }

        if (Take(line) is string last)
        {
            yield return (last, number);
        }
    }

    private static string? Take(StringBuilder line)
    {
        string text = line.ToString();
        line.Clear();
        return string.IsNullOrWhiteSpace(text) ? null : text;
    }

    private static StreamReader OpenText(string path)
    {
        try
        {
            return new StreamReader(path, Utf8);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw FileFault.Unreadable(path, fault);
        }
    }

    private static int Read(StreamReader reader, char[] buffer, string path)
    {
        try
        {
            return reader.Read(buffer, 0, buffer.Length);
        }
        catch (DecoderFallbackException fault)
        {
            throw FileFault.NotUtf8(path, fault);
        }
        catch (IOException fault)
        {
            throw FileFault.Unreadable(path, fault);
        }
    }
}
