using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using LayerTool.Faults;

namespace LayerTool.Files;

/// <summary>
/// Reads JSON that nobody has checked: limited in size and depth, UTF-8, no key twice in one object, no string with half of a
/// surrogate pair. What comes out can be read without an exception of the JSON library.
/// </summary>
internal static class GuardedJson
{
    private const int LongestExponent = 6; // digits

    /// <summary>Reads a file.</summary>
    /// <exception cref="LayerToolException">It is missing, too large, or not sound JSON (the place is named).</exception>
    public static JsonDocument Read(string file, JsonLimits limits) => Parse(ReadBytes(file, limits), file, limits);

    /// <summary>Reads a file that is one object, as nodes; its bytes as well.</summary>
    /// <exception cref="LayerToolException">It is missing, too large, not sound JSON, or no object.</exception>
    public static (byte[] Bytes, JsonObject Json) ReadObject(string file, JsonLimits limits)
    {
        byte[] bytes = ReadBytes(file, limits);
        using JsonDocument document = Parse(bytes, file, limits);
        return document.RootElement.ValueKind == JsonValueKind.Object
            ? (bytes, JsonObject.Create(document.RootElement.Clone())!)
            : throw new LayerToolException($"{file}: is not a JSON object", limits.Hint);
    }

    /// <summary>The bytes of a file within the limit.</summary>
    /// <exception cref="LayerToolException">It is missing, too large, or cannot be read.</exception>
    public static byte[] ReadBytes(string file, JsonLimits limits) => BoundedFile.ReadBytes(file, limits.MostBytes, limits.Hint);

    /// <summary>Parses text; a byte order mark before it is passed over.</summary>
    /// <param name="text">UTF-8; it must live as long as the document.</param>
    /// <param name="file">Where it comes from, for messages.</param>
    /// <param name="limits">How deep it may be, and the hint.</param>
    /// <param name="firstLine">The number of its first line in the file, from 1.</param>
    /// <exception cref="LayerToolException">It is not sound JSON (the place is named).</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> text, string file, JsonLimits limits, int firstLine = 1)
    {
        if (text.Span.StartsWith("\ufeff"u8))
        {
            text = text[3..];
        }

        if (!Utf8.IsValid(text.Span))
        {
            throw FileFault.NotUtf8(file);
        }

        try
        {
            if (text.Span.IndexOf("\\u"u8) >= 0)
            {
                CheckEscapes(text.Span, limits.Deepest);
            }

            if (MayHoldLongExponent(text.Span))
            {
                CheckExponents(text.Span, file, limits);
            }

            return JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = limits.Deepest });
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            string place = JsonPlace.Explain(text.Span, limits.Deepest, firstLine);
            throw new LayerToolException($"{file}: is not sound JSON: {place}", limits.Hint, fault);
        }
    }

    private static bool MayHoldLongExponent(ReadOnlySpan<byte> text)
    {
        for (int at = text.IndexOfAny("eE"u8); at >= 0; at = text.IndexOfAny("eE"u8))
        {
            text = text[(at + 1)..];
            ReadOnlySpan<byte> digits = text.TrimStart("+-"u8);
            if (digits.Length > LongestExponent && !digits[..(LongestExponent + 1)].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            {
                return true;
            }
        }

        return false;
    }

    // No such number means anything here, and comparing two of them throws.
    private static void CheckExponents(ReadOnlySpan<byte> text, string file, JsonLimits limits)
    {
        Utf8JsonReader reader = new(text, new JsonReaderOptions { MaxDepth = limits.Deepest });
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Number && MayHoldLongExponent(reader.ValueSpan))
            {
                throw new LayerToolException($"{file}: a number has an exponent of more than {LongestExponent} digits, at byte {reader.TokenStartIndex}", limits.Hint);
            }
        }
    }

    // An escape that stands for half a character is found now: an element would throw when it is read, much later.
    private static void CheckEscapes(ReadOnlySpan<byte> text, int deepest)
    {
        Utf8JsonReader reader = new(text, new JsonReaderOptions { MaxDepth = deepest });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
            {
                reader.GetString();
            }
        }
    }
}
