using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LayerTool.Faults;

namespace LayerTool.Architectures;

/// <summary>Typed reading of a config.json: every fault names the file, the key, what was expected and what was found.</summary>
internal sealed class ConfigJson(JsonObject json, string file, string path = "", string hint = ConfigJson.OwnConfig)
{
    private readonly Dictionary<(string Key, Type Type), object> _once = [];

    /// <summary>The hint for a model that is not run here.</summary>
    public const string OnlyEdited = "`inspect`, `diff` and edits of whole layers work all the same: `skip`, `repeat`, `restore`";

    /// <summary>The hint for a config.json that contradicts itself.</summary>
    public const string OwnConfig = "take config.json from the folder that the weights came from";

    /// <summary>Path of the file, for messages.</summary>
    public string File => file;

    /// <summary>Whether the key is there with a value other than null. A dot in a key goes into an object, here and below.</summary>
    public bool Has(string key) => Node(key) is not null;

    /// <summary>Whether the key is there, null or not.</summary>
    public bool Mentions(string key) => json.ContainsKey(key);

    /// <summary>Whether the key is there and says something: not null, not false.</summary>
    public bool Says(string key) => Has(key) && Node(key)!.GetValueKind() != JsonValueKind.False;

    /// <summary>All keys, in the order of the file.</summary>
    public IEnumerable<string> Keys => json.Select(member => member.Key);

    /// <summary>Whether the key holds a string.</summary>
    public bool IsText(string key) => Node(key)?.GetValueKind() == JsonValueKind.String;

    public int RequiredSize(string key) => Whole(key, required: true, minimum: 1) ?? 0;

    public int? Size(string key) => Whole(key, required: false, minimum: 1);

    public int? Index(string key) => Whole(key, required: false, minimum: 0);

    public double? Number(string key)
    {
        if (!Has(key))
        {
            return null;
        }

        return Node(key) is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out double number) && double.IsFinite(number)
            ? number
            : throw Wrong(key, "a number");
    }

    public double RequiredNumber(string key) => Number(key) ?? throw Missing(key);

    public bool? Flag(string key) => !Has(key)
        ? null
        : Node(key)!.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong(key, "true or false"),
        };

    /// <summary>Whether a choice holds here.</summary>
    public bool Holds(Choice choice) => (choice.Key is string key ? Flag(key) : null) ?? choice.Default;

    public string? Text(string key) => !Has(key)
        ? null
        : Node(key)!.GetValueKind() == JsonValueKind.String ? Node(key)!.GetValue<string>() : throw Wrong(key, "a string");

    public string RequiredText(string key) => Text(key) ?? throw Missing(key);

    public ConfigJson? Object(string key) => !Has(key)
        ? null
        : Node(key) is JsonObject inner ? new ConfigJson(inner, file, Path(key) + ".", hint) : throw Wrong(key, "an object");

    /// <summary>The members, each of which must be an object.</summary>
    public IEnumerable<(string Name, ConfigJson Value)> Members() => Keys.Select(key => (key, Object(key) ?? throw Wrong(key, "an object")));

    /// <summary>A list of objects; empty where absent.</summary>
    public IReadOnlyList<ConfigJson> Objects(string key)
    {
        if (!Has(key))
        {
            return [];
        }

        return Node(key) is JsonArray array && array.All(item => item is JsonObject)
            ? [.. array.Select((item, index) => new ConfigJson((JsonObject)item!, file, string.Create(CultureInfo.InvariantCulture, $"{Path(key)}[{index}].")))]
            : throw Wrong(key, "a list of objects");
    }

    /// <summary>A list of true and false; null where the key is absent or its list begins with something else.</summary>
    public IReadOnlyList<bool>? Flags(string key)
    {
        static bool IsFlag(JsonNode? node) => node?.GetValueKind() is JsonValueKind.True or JsonValueKind.False;

        if (!Has(key) || Node(key) is not JsonArray array || !array.Take(1).All(IsFlag))
        {
            return null;
        }

        return array.All(IsFlag) ? [.. array.Select(item => item!.GetValue<bool>())] : throw Wrong(key, "a list of true and false alone, or of layers alone");
    }

    public IReadOnlyList<string>? Texts(string key)
    {
        if (!Has(key))
        {
            return null;
        }

        return Node(key) is JsonArray array && array.All(item => item?.GetValueKind() == JsonValueKind.String)
            ? [.. array.Select(item => item!.GetValue<string>())]
            : throw Wrong(key, "a list of strings");
    }

    /// <summary>A list of numbers; null where absent.</summary>
    public IReadOnlyList<double>? Numbers(string key)
    {
        if (!Has(key))
        {
            return null;
        }

        return Node(key) is JsonArray array && array.All(IsNumber)
            ? [.. array.Select(item => item!.GetValue<double>())]
            : throw Wrong(key, "a list of numbers");
    }

    /// <summary>Numbers by name, in the order of the file; empty where absent.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> NamedNumbers(string key)
    {
        if (!Has(key))
        {
            return [];
        }

        return Node(key) is JsonObject numbers && numbers.All(pair => IsNumber(pair.Value))
            ? [.. numbers.Select(pair => KeyValuePair.Create(pair.Key, pair.Value!.GetValue<double>()))]
            : throw Wrong(key, "an object of numbers");
    }

    /// <summary>A list of pairs, each a list of words and how often it repeats.</summary>
    public IReadOnlyList<(IReadOnlyList<string> Words, int Times)> RepeatedTexts(string key)
    {
        if (Node(key) is not JsonArray array)
        {
            throw Has(key) ? Wrong(key, "a list") : Missing(key);
        }

        List<(IReadOnlyList<string>, int)> groups = [];
        foreach (JsonNode? item in array)
        {
            if (item is not JsonArray { Count: 2 } pair
                || pair[0] is not JsonArray { Count: > 0 } words
                || words.Any(word => word?.GetValueKind() != JsonValueKind.String)
                || pair[1] is not JsonValue times
                || !times.TryGetValue(out int count))
            {
                throw Wrong(key, "pairs of a list of words and a number");
            }

            groups.Add(([.. words.Select(word => word!.GetValue<string>())], count));
        }

        return groups;
    }

    /// <summary>Checks that a key is absent, null, or one of the values.</summary>
    /// <exception cref="LayerToolException">It holds another.</exception>
    public void RequireOneOf(FixedKey key)
    {
        if (Node(key.Key) is JsonNode node && !key.Allowed.Contains(node.ToJsonString()))
        {
            throw Refused(key.Key, key.Allowed.Length == 0
                ? "a setting that LayerTool does not have for this family"
                : $"LayerTool runs this family with {string.Join(" or ", key.Allowed.Select(value => $"`{value}`"))} only");
        }
    }

    /// <summary>A list of lists of whole numbers; empty where absent.</summary>
    public IReadOnlyList<IReadOnlyList<int>> IndexLists(string key)
    {
        if (!Has(key))
        {
            return [];
        }

        static bool IsIndex(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out int _);

        return Node(key) is JsonArray array && array.All(item => item is JsonArray numbers && numbers.All(IsIndex))
            ? [.. array.Select(item => (IReadOnlyList<int>)[.. item!.AsArray().Select(number => number!.GetValue<int>())])]
            : throw Wrong(key, "a list of lists of whole numbers");
    }

    /// <summary>A list of whole numbers, or one alone; empty where absent.</summary>
    public IReadOnlyList<int> Indices(string key, string expected = "a token id or a list of them")
    {
        if (!Has(key))
        {
            return [];
        }

        IEnumerable<JsonNode?> items = Node(key) is JsonArray array ? array : Enumerable.Repeat(Node(key), 1);
        List<int> numbers = [];
        foreach (JsonNode? item in items)
        {
            numbers.Add(item is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out int number)
                ? number
                : throw Wrong(key, expected));
        }

        return numbers;
    }

    /// <summary>Whether a list of layers names one.</summary>
    /// <param name="key">The list.</param>
    /// <param name="layer">The layer.</param>
    public bool Lists(string key, int layer) => Once(key, () => Indices(key, "a layer or a list of them").ToHashSet()).Contains(layer);

    /// <summary>What is read of a key, kept: layers ask one by one, and a list may be as long as there are layers.</summary>
    public T Once<T>(string key, Func<T> read)
        where T : notnull
    {
        if (!_once.TryGetValue((key, typeof(T)), out object? value))
        {
            value = read();
            _once.Add((key, typeof(T)), value);
        }

        return (T)value;
    }

    public LayerToolException Missing(string key) =>
        new($"{file}: needs `{Path(key)}`, which is missing", hint);

    public LayerToolException Wrong(string key, string expected) =>
        new($"{file}: `{Path(key)}` is {Shown(Node(key))}, expected {expected}", hint);

    /// <summary>A value that is sound, and that this program does not run.</summary>
    public LayerToolException Refused(string key, string reason) =>
        new($"{file}: `{Path(key)}` is {Shown(Node(key))}: {reason}", OnlyEdited);

    private static bool IsNumber(JsonNode? node) => node?.GetValueKind() == JsonValueKind.Number && double.IsFinite(node.GetValue<double>());

    private JsonNode? Node(string key)
    {
        JsonNode? node = json;
        foreach (string part in key.Split('.'))
        {
            node = node is JsonObject owner && owner.TryGetPropertyValue(part, out JsonNode? inner) ? inner : null;
        }

        return node;
    }

    private static string Shown(JsonNode? node)
    {
        string text = node?.ToJsonString() ?? "null";
        return text.Length > 60 ? string.Concat(text.AsSpan(0, 57), "...") : text;
    }

    private string Path(string key) => path + key;

    private int? Whole(string key, bool required, int minimum)
    {
        if (!Has(key))
        {
            return required ? throw Missing(key) : null;
        }

        if (Node(key) is not JsonValue value || value.GetValueKind() != JsonValueKind.Number || !value.TryGetValue(out double number) || number != Math.Floor(number))
        {
            throw Wrong(key, "a whole number");
        }

        return number >= minimum && number <= int.MaxValue
            ? (int)number
            : throw Wrong(key, string.Create(CultureInfo.InvariantCulture, $"a whole number from {minimum} to {int.MaxValue}"));
    }
}
