using System.Runtime.InteropServices;
using System.Text.Json;
using LayerTool.Faults;
using LayerTool.Files;

namespace LayerTool.Tokenization;

/// <summary>
/// One object of a tokenizer file, read by type: every fault names the file, the field, what was expected and what was found.
/// A field that nobody reads is a fault too, for it may change the ids.
/// </summary>
/// <param name="file">Path of the file, for messages.</param>
/// <param name="path">The object's place in the file, such as <c>model</c>; empty for the whole.</param>
/// <param name="element">The object.</param>
internal sealed class TokenizerJson(string file, string path, JsonElement element)
{
    /// <summary>The hint for a file that contradicts itself.</summary>
    public const string OwnFile = "take the file from the folder that the weights came from";

    /// <summary>The hint for a tokenizer that is not handled.</summary>
    public const string OtherTokenizer = "use a tokenizer without it: other ids than the model was trained on would come out";

    private const int LargestPart = 64 << 10;
    private static readonly JsonLimits Limits = new(64 << 20, Deepest: 64, OwnFile);

    /// <summary>Path of the file.</summary>
    public string File => file;

    /// <summary>File and place, for messages: <c>.../tokenizer.json: `model.merges`</c>.</summary>
    public string Where(string key) => $"{file}: `{Join(key)}`";

    /// <summary>Reads a file whose whole is one object.</summary>
    /// <exception cref="LayerToolException">It is not there, too large, or no JSON object.</exception>
    public static TokenizerJson ReadFile(string file)
    {
        // The elements outlive this call, so their buffer is left to the garbage collector.
        JsonElement root = GuardedJson.Read(file, Limits).RootElement;
        return root.ValueKind == JsonValueKind.Object
            ? new TokenizerJson(file, "", root)
            : throw new LayerToolException($"{file}: expected a JSON object, found {Shown(root)}", OwnFile);
    }

    /// <summary>Whether the field is there with a value other than null.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>Of what kind the field's value is; undefined where it is missing.</summary>
    public JsonValueKind Kind(string key) => element.TryGetProperty(key, out JsonElement value) ? value.ValueKind : JsonValueKind.Undefined;

    public string Text(string key) => OptionalText(key) ?? throw Missing(key);

    public string? OptionalText(string key) => Find(key) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.String ? TextOf(value, key) : throw Wrong(key, value, "a string");

    public bool Flag(string key, bool absent = false) => Find(key) switch
    {
        null => absent,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => throw Wrong(key, other, "true or false"),
    };

    public bool RequiredFlag(string key) => Has(key) ? Flag(key) : throw Missing(key);

    public int Count(string key) => Find(key) is not { } value
        ? throw Missing(key)
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= 0
            ? number
            : throw Wrong(key, value, "a whole number that is not negative");

    /// <summary>A token id: a whole number up to <see cref="TokenVocabulary.LargestId"/>.</summary>
    public int Id(string key) => Count(key) is int id && id <= TokenVocabulary.LargestId
        ? id
        : throw new LayerToolException($"{Where(key)} is {id}, expected at most {TokenVocabulary.LargestId}", OwnFile);

    /// <summary>One character.</summary>
    public char Character(string key) => Text(key) is [char character] && !char.IsSurrogate(character)
        ? character
        : throw new LayerToolException($"{Where(key)} is {Shown(Find(key)!.Value)}, expected one character", OwnFile);

    public TokenizerJson Object(string key) => OptionalObject(key) ?? throw Missing(key);

    public TokenizerJson? OptionalObject(string key) => Find(key) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.Object ? new TokenizerJson(file, Join(key), value) : throw Wrong(key, value, "an object");

    /// <summary>Whether a text stands anywhere in this object, as the file writes it.</summary>
    public bool Mentions(string text) => JsonMarshal.GetRawUtf8Value(element).IndexOf(System.Text.Encoding.UTF8.GetBytes(text)) >= 0;

    /// <summary>An object that is small by nature: a made-up one may not fill the memory with patterns.</summary>
    public TokenizerJson? OptionalPart(string key) => Find(key) is { } value && Length(value) is int length and > LargestPart
        ? throw new LayerToolException($"{Where(key)} has {length} bytes, which is not handled: expected at most {LargestPart}", OtherTokenizer)
        : OptionalObject(key);

    /// <summary>A list of objects; empty where absent.</summary>
    public IReadOnlyList<TokenizerJson> Objects(string key)
    {
        List<TokenizerJson> objects = [];
        foreach (JsonElement item in Items(key))
        {
            string place = $"{Join(key)}[{objects.Count}]";
            objects.Add(item.ValueKind == JsonValueKind.Object
                ? new TokenizerJson(file, place, item)
                : throw new LayerToolException($"{file}: `{place}` is {Shown(item)}, expected an object", OwnFile));
        }

        return objects;
    }

    /// <summary>The items of a list, to be read by the caller; none where absent.</summary>
    public IEnumerable<JsonElement> Items(string key) => Find(key) is not { } value
        ? []
        : value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : throw Wrong(key, value, "a list");

    /// <summary>The fields of this object and their values, in the order of the file.</summary>
    public IEnumerable<KeyValuePair<string, JsonElement>> Fields()
    {
        foreach (JsonProperty field in element.EnumerateObject())
        {
            yield return new(field.Name, field.Value);
        }
    }

    /// <summary>The string that an item of the list holds.</summary>
    public string TextOf(JsonElement item, string key) =>
        item.ValueKind == JsonValueKind.String ? item.GetString()! : throw Wrong(key, item, "strings");

    /// <summary>Faults a field that is there and not among those named.</summary>
    public void ExpectOnly(params ReadOnlySpan<string> known)
    {
        foreach (JsonProperty field in element.EnumerateObject())
        {
            string name = field.Name;
            if (!known.Contains(name) && field.Value.ValueKind != JsonValueKind.Null)
            {
                throw NotHandled(name);
            }
        }
    }

    public LayerToolException Missing(string key) =>
        new($"{file}: needs `{Join(key)}`, which is missing", OwnFile);

    public LayerToolException NotHandled(string key) =>
        new($"{Where(key)} is {(Find(key) is { } value ? Shown(value) : "absent")}, which is not handled", OtherTokenizer);

    public LayerToolException Wrong(string key, JsonElement value, string expected) =>
        new($"{Where(key)} is {Shown(value)}, expected {expected}", OwnFile);

    // Compiled character maps are large by nature and are read as they stand.
    private static int Length(JsonElement value)
    {
        int length = JsonMarshal.GetRawUtf8Value(value).Length;
        if (length <= LargestPart)
        {
            return length;
        }

        return value.ValueKind switch
        {
            JsonValueKind.Object => value.EnumerateObject().Where(field => !field.NameEquals("precompiled_charsmap")).Sum(field => Length(field.Value)),
            JsonValueKind.Array => value.EnumerateArray().Sum(Length),
            _ => length,
        };
    }

    private JsonElement? Find(string key) =>
        element.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string Shown(JsonElement value)
    {
        string text = value.GetRawText();
        return value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "a list",
            _ => text.Length > 60 ? string.Concat(text.AsSpan(0, 57), "...") : text,
        };
    }

    private string Join(string key) => path.Length == 0 ? key : $"{path}.{key}";
}
