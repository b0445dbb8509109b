using System.Globalization;
using System.Text;
using System.Text.Json;
using LayerTool.Faults;

namespace LayerTool.Files;

/// <summary>Where and why a text is not sound JSON, in words for the person who wrote it: <c>line 3, column 7: expected …, found …</c>.</summary>
internal ref struct JsonPlace
{
    private readonly ReadOnlySpan<byte> _text;
    private readonly int _firstLine;
    private readonly Stack<HashSet<string>?> _open; // the keys of each open object, null for a list
    private JsonTokenType _last;
    private int _end; // behind the last sound token

    private JsonPlace(ReadOnlySpan<byte> text, int firstLine)
    {
        _text = text;
        _firstLine = firstLine;
        _open = new();
    }

    /// <summary>Finds the first fault.</summary>
    /// <param name="text">UTF-8 without byte order mark.</param>
    /// <param name="deepest">How deep lists and objects may be nested.</param>
    /// <param name="firstLine">The number of the text's first line, from 1.</param>
    public static string Explain(ReadOnlySpan<byte> text, int deepest, int firstLine = 1) => new JsonPlace(text, firstLine).Find(deepest);

    private string Find(int deepest)
    {
        Utf8JsonReader reader = new(_text, new JsonReaderOptions { MaxDepth = deepest });
        try
        {
            while (reader.Read())
            {
                if (Take(ref reader) is string key)
                {
                    return At((int)reader.TokenStartIndex, $"the key {Quoted.Text(key)} is there twice");
                }

                _last = reader.TokenType;
                _end = (int)reader.BytesConsumed;
            }
        }
        catch (InvalidOperationException)
        {
            return At((int)reader.TokenStartIndex, "the string holds half of a surrogate pair");
        }
        catch (JsonException fault)
        {
            return Describe(Math.Min(Offset(fault), _text.Length), deepest);
        }

        return At(_end, "expected one document alone");
    }

    /// <summary>Follows the nesting; a key that its object has already is given back.</summary>
    private readonly string? Take(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                _open.Push(new HashSet<string>(StringComparer.Ordinal));
                break;
            case JsonTokenType.StartArray:
                _open.Push(null);
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                _open.Pop();
                break;
            case JsonTokenType.PropertyName when reader.GetString() is string key && !_open.Peek()!.Add(key):
                return key;
            case JsonTokenType.String:
                reader.GetString();
                break;
        }

        return null;
    }

    private readonly string Describe(int fault, int deepest)
    {
        int start = SkipSpace(_end);
        bool comma = start < _text.Length && _text[start] == (byte)',' && WantsComma;
        if (comma)
        {
            start = SkipSpace(start + 1);
        }

        char first = start < _text.Length ? (char)_text[start] : '\0';
        return first switch
        {
            '{' or '[' when _open.Count >= deepest => At(start, string.Create(CultureInfo.InvariantCulture, $"lists and objects are nested more than {deepest} deep")),
            '"' when comma || !WantsComma => InString(start, fault),
            '-' or (>= '0' and <= '9') when WantsValue(comma) => Expected("a number such as 2 or -0.5", fault),
            't' or 'f' or 'n' when WantsValue(comma) => Expected("`true`, `false` or `null`", start),
            _ => Expected(Wanted(comma), start),
        };
    }

    private readonly bool WantsComma => _open.Count > 0 && _last is not (JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.PropertyName);

    private readonly bool WantsValue(bool comma) => _last == JsonTokenType.PropertyName
        || (_open.Count == 0 ? _last == JsonTokenType.None : _open.Peek() is null && (comma || _last == JsonTokenType.StartArray));

    private readonly string Wanted(bool comma)
    {
        if (_open.Count == 0)
        {
            return _last == JsonTokenType.None ? "a value" : "nothing more";
        }

        bool isList = _open.Peek() is null;
        return _last switch
        {
            JsonTokenType.PropertyName => "a value",
            JsonTokenType.StartObject => "a key in quotes or `}`",
            JsonTokenType.StartArray => "a value or `]`",
            _ when comma => isList ? "a value" : "a key in quotes",
            _ => isList ? "`,` or `]`" : "`,` or `}`",
        };
    }

    // A string that is not sound, or a key without its colon.
    private readonly string InString(int start, int fault)
    {
        for (int at = start + 1; at < Math.Min(fault, _text.Length); at++)
        {
            if (_text[at] == (byte)'\\')
            {
                at++;
            }
            else if (_text[at] == (byte)'"')
            {
                return Expected("`:` behind the key", SkipSpace(at + 1));
            }
        }

        return fault < _text.Length && _text[fault] >= (byte)' '
            ? Expected("an escape such as `\\n` or `\\u00e4`", fault)
            : Expected("`\"` at the end of the string", fault);
    }

    private readonly string Expected(string what, int at)
    {
        string found = "the end of the text";
        if (at < _text.Length && Rune.DecodeFromUtf8(_text[at..], out Rune rune, out _) == System.Buffers.OperationStatus.Done)
        {
            found = rune.Value == '\n' ? "the end of the line" : Quoted.Text(rune.ToString());
        }

        return At(at, $"expected {what}, found {found}");
    }

    private readonly string At(int offset, string what)
    {
        ReadOnlySpan<byte> before = _text[..offset];
        int column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
        return string.Create(CultureInfo.InvariantCulture, $"line {_firstLine + before.Count((byte)'\n')}, column {column}: {what}");
    }

    private readonly int SkipSpace(int at)
    {
        while (at < _text.Length && _text[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            at++;
        }

        return at;
    }

    private readonly int Offset(JsonException fault)
    {
        int start = 0;
        for (long line = fault.LineNumber ?? 0; line > 0; line--)
        {
            start += _text[start..].IndexOf((byte)'\n') + 1;
        }

        return start + (int)(fault.BytePositionInLine ?? 0);
    }
}
