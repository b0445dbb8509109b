using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using LayerTool.Faults;

namespace LayerTool.Checkpoints;

/// <summary>Reads a JSON object from a file that nobody has checked, with limits on size and depth and without duplicate keys.</summary>
internal static class JsonFile
{
    private const int Deepest = 64;

    /// <summary>The file's bytes and the object they hold.</summary>
    /// <exception cref="LayerToolException">The file is missing, too large, or not one JSON object.</exception>
    public static (byte[] Bytes, JsonObject Json) ReadObject(string file, int mostBytes)
    {
        byte[] bytes = ReadBytes(file, mostBytes);
        ReadOnlySpan<byte> text = bytes;
        if (text.StartsWith("\ufeff"u8))
        {
            text = text[3..];
        }

        if (!Utf8.IsValid(text))
        {
            throw new LayerToolException($"{file}: is not UTF-8 text");
        }

        try
        {
            CheckStrings(text);
            JsonNode? node = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = Deepest });
            return node is JsonObject json ? (bytes, json) : throw new LayerToolException($"{file}: is not a JSON object");
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new LayerToolException($"{file}: is not sound JSON: {fault.Message.TrimEnd('.')}", innerException: fault);
        }
    }

    private static byte[] ReadBytes(string file, int mostBytes)
    {
        try
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1);
            if (stream.Length > mostBytes)
            {
                throw new LayerToolException($"{file}: has {stream.Length} bytes, more than the {mostBytes} that such a file may have");
            }

            byte[] bytes = new byte[stream.Length];
            int count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return bytes[..count];
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new LayerToolException($"{file}: no such file", innerException: fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new LayerToolException($"{file}: cannot be read: {fault.Message.TrimEnd('.')}", innerException: fault);
        }
    }

    /// <summary>An escape that stands for half a character is found now: the node would throw when it is read, much later.</summary>
    private static void CheckStrings(ReadOnlySpan<byte> text)
    {
        Utf8JsonReader reader = new(text, new JsonReaderOptions { MaxDepth = Deepest });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
            {
                reader.GetString();
            }
        }
    }
}
