using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LayerTool.Saving;

/// <summary>
/// A JSON text whose values can be replaced while everything else stays byte for byte: the order of keys, the indentation, the
/// spelling of numbers (1e-05 stays 1e-05). Immutable: each edit gives a new text.
/// </summary>
internal sealed class JsonText
{
    /// <summary>How new strings are spelled: only what JSON must escape.</summary>
    public static readonly JsonSerializerOptions Spelling = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonReaderOptions Strict = new() { MaxDepth = 64 };

    private readonly byte[] _utf8;

    private JsonText(byte[] utf8)
    {
        _utf8 = utf8;
        Root = Read(utf8);
    }

    /// <summary>The outermost value.</summary>
    public JsonTextNode Root { get; }

    /// <summary>Whether values stand on lines of their own, as transformers writes them.</summary>
    private bool Indented => _utf8.AsSpan(0, Root.End).Contains((byte)'\n');

    /// <summary>Parses a UTF-8 text.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="InvalidOperationException">A string in it is no Unicode text.</exception>
    public static JsonText Parse(ReadOnlySpan<byte> utf8) => new(utf8.StartsWith(Encoding.UTF8.Preamble) ? utf8[3..].ToArray() : utf8.ToArray());

    /// <summary>The text as bytes.</summary>
    public byte[] ToBytes() => [.. _utf8];

    /// <inheritdoc />
    public override string ToString() => Encoding.UTF8.GetString(_utf8);

    /// <summary>The value as it is spelled.</summary>
    public string Raw(JsonTextNode node) => Encoding.UTF8.GetString(_utf8, node.Start, node.End - node.Start);

    /// <summary>The value at that path of object members, or null where there is none.</summary>
    public JsonTextNode? Find(params ReadOnlySpan<string> path)
    {
        JsonTextNode? node = Root;
        foreach (string name in path)
        {
            node = node?.Member(name)?.Value;
        }

        return node;
    }

    /// <summary>The text with another value in the place of <paramref name="node"/>.</summary>
    public JsonText Replace(JsonTextNode node, string raw) => Splice(node.Start, node.End, raw);

    /// <summary>The text with that member of an object replaced, or added where it was not: in its place by name where the names are sorted.</summary>
    public JsonText Set(JsonTextNode owner, string name, string raw)
    {
        if (owner.Member(name) is JsonTextMember member)
        {
            return Replace(member.Value, raw);
        }

        string text = JsonSerializer.Serialize(name, Spelling) + ": " + raw;
        if (owner.Members.IsEmpty)
        {
            return Splice(owner.Start, owner.End, "{" + text + "}");
        }

        JsonTextMember? next = owner.Members.FirstOrDefault(other => string.CompareOrdinal(other.Name, name) > 0);
        string gap = Encoding.UTF8.GetString(_utf8, owner.Start + 1, owner.Members[0].Start - owner.Start - 1);
        string separator = "," + (gap.Length == 0 ? " " : gap);
        return next is null
            ? Splice(owner.Members[^1].Value.End, owner.Members[^1].Value.End, separator + text)
            : Splice(next.Start, next.Start, text + separator);
    }

    /// <summary>The text without that member of an object.</summary>
    public JsonText Remove(JsonTextNode owner, string name)
    {
        int index = owner.Members.ToList().FindLastIndex(member => member.Name == name);
        if (index < 0)
        {
            return this;
        }

        if (index > 0)
        {
            return Splice(owner.Members[index - 1].Value.End, owner.Members[index].Value.End, "");
        }

        return owner.Members.Length > 1
            ? Splice(owner.Members[0].Start, owner.Members[1].Start, "")
            : Splice(owner.Start, owner.End, "{}");
    }

    /// <summary>Spells a list as the text spells its own: one item a line, or all on one.</summary>
    /// <param name="items">The items, spelled.</param>
    /// <param name="depth">How many values the list stands inside.</param>
    public string SpellList(IReadOnlyCollection<string> items, int depth)
    {
        if (items.Count == 0 || !Indented)
        {
            return "[" + string.Join(", ", items) + "]";
        }

        string line = "\n" + string.Concat(Enumerable.Repeat(IndentationUnit(), depth));
        return "[" + string.Join(',', items.Select(item => line + IndentationUnit() + item)) + line + "]";
    }

    private string IndentationUnit()
    {
        if (Root.Members.IsEmpty)
        {
            return "  ";
        }

        string gap = Encoding.UTF8.GetString(_utf8, Root.Start + 1, Root.Members[0].Start - Root.Start - 1);
        return gap[(gap.LastIndexOf('\n') + 1)..];
    }

    private JsonText Splice(int start, int end, string text) =>
        new([.. _utf8.AsSpan(0, start), .. Encoding.UTF8.GetBytes(text), .. _utf8.AsSpan(end)]);

    private static JsonTextNode Read(byte[] utf8)
    {
        Utf8JsonReader reader = new(utf8, Strict);
        reader.Read();
        JsonTextNode root = ReadValue(ref reader);
        while (reader.Read())
        {
            // Nothing may follow; the reader throws where something does.
        }

        return root;
    }

    private static JsonTextNode ReadValue(ref Utf8JsonReader reader)
    {
        int start = (int)reader.TokenStartIndex;
        JsonTokenType kind = reader.TokenType;
        ImmutableArray<JsonTextMember>.Builder members = ImmutableArray.CreateBuilder<JsonTextMember>();
        ImmutableArray<JsonTextNode>.Builder items = ImmutableArray.CreateBuilder<JsonTextNode>();
        if (kind == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                string name = reader.GetString()!;
                int nameStart = (int)reader.TokenStartIndex;
                reader.Read();
                members.Add(new JsonTextMember(name, nameStart, ReadValue(ref reader)));
            }
        }
        else if (kind == JsonTokenType.String)
        {
            _ = reader.GetString(); // throws where the text is no Unicode
        }
        else if (kind == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                items.Add(ReadValue(ref reader));
            }
        }

        return new JsonTextNode(kind, start, (int)reader.BytesConsumed, members.ToImmutable(), items.ToImmutable());
    }
}
