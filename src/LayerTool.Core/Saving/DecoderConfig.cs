using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Plans;

namespace LayerTool.Saving;

/// <summary>
/// A config.json as text, seen from its text decoder: the object that holds the layer count, which is the whole file or its
/// <c>text_config</c>. Immutable; an edit gives a new one.
/// </summary>
internal sealed class DecoderConfig
{
    private readonly ImmutableArray<string> _path;
    private readonly string _countKey;
    private readonly Dictionary<string, ImmutableArray<string>?> _items = []; // asked for once a layer
    private readonly Dictionary<string, HashSet<string>> _sets = [];
    private readonly Lazy<ImmutableArray<LayerHalves>> _running;
    private readonly Lazy<ModelConfig?> _settled;

    private DecoderConfig(JsonText text, string file)
    {
        Text = text;
        File = file;
        LayerCountKey key = LayerCountKey.Find(JsonNode.Parse(text.ToBytes()) as JsonObject ?? [], file)
            ?? throw new LayerToolException($"{file}: names no layer count, such as `num_hidden_layers`", "take config.json from the folder that the weights came from");
        _path = key.Path[..^1];
        _countKey = key.Path[^1];
        Count = key.Count;
        Decoder = text.Find([.. _path])!;
        Keys = new ConfigJson(JsonNode.Parse(text.Raw(Decoder))!.AsObject(), file, string.Concat(_path.Select(part => part + ".")));
        ModelType = Word("model_type") is CompactModel.ModelType ? Word(CompactModel.FamilyKey) ?? "" : Word("model_type") ?? "";
        Family = KnownArchitectures.Find(ModelType);
        _running = new Lazy<ImmutableArray<LayerHalves>>(() => LayerNaming.Running(JsonNode.Parse(Text.Raw(Decoder))!.AsObject(), File, _path, Count));
        _settled = new Lazy<ModelConfig?>(ReadSettled);
    }

    /// <summary>The text of the whole file.</summary>
    public JsonText Text { get; }

    /// <summary>Path of the file, for messages.</summary>
    public string File { get; }

    /// <summary>Number of layers.</summary>
    public int Count { get; }

    /// <summary><c>model_type</c> of the decoder; empty where absent.</summary>
    public string ModelType { get; }

    /// <summary>The family's row; null where the table has none.</summary>
    public ArchitectureSpec? Family { get; }

    /// <summary>The decoder's keys, as the families' formulas read them.</summary>
    public ConfigJson Keys { get; }

    /// <summary>Whether the file is of a checkpoint that was written as <c>compact</c>.</summary>
    public bool IsCompact => Text.Root.Member("model_type") is { Value.Kind: JsonTokenType.String } member && Text.Raw(member.Value) == $"\"{CompactModel.ModelType}\"";

    /// <summary>Whether the decoder is a part of a larger model.</summary>
    public bool IsWrapped => !_path.IsEmpty;

    /// <summary>The halves of each layer that the config lets run.</summary>
    /// <exception cref="LayerToolException">A list of layers is malformed.</exception>
    public ImmutableArray<LayerHalves> Running => _running.Value;

    /// <summary>The decoder's object.</summary>
    public JsonTextNode Decoder { get; }

    /// <summary>
    /// Whether the file is of transformers 5, whose readers know <c>layer_types</c> of every family that has layer kinds; the
    /// older dialect keeps RoPE in keys of its own.
    /// </summary>
    public bool IsNewDialect => Node("rope_parameters") is not null;

    /// <summary>Reads the text of a config.json.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="file">Path of the file, for messages.</param>
    /// <exception cref="LayerToolException">It is not JSON, or names no layer count.</exception>
    public static DecoderConfig Parse(ReadOnlySpan<byte> utf8, string file)
    {
        try
        {
            return new DecoderConfig(JsonText.Parse(utf8), file);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException) // the second: text that is no Unicode
        {
            throw new LayerToolException($"{file}: is not valid JSON", "take config.json from the folder that the weights came from", fault);
        }
    }

    /// <summary>The value of a key of the decoder; null where it is absent or null.</summary>
    public JsonTextNode? Node(string key) => Decoder.Member(key)?.Value is { Kind: not JsonTokenType.Null } node ? node : null;

    /// <summary>A value as it is spelled, or null.</summary>
    public string? Raw(string key) => Node(key) is JsonTextNode node ? Text.Raw(node) : null;

    /// <summary>A whole number, or null where the key is absent, null, or holds something else.</summary>
    public int? Whole(string key) => int.TryParse(Raw(key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : null;

    /// <summary>True where the key holds true.</summary>
    public bool IsTrue(string key) => Node(key)?.Kind == JsonTokenType.True;

    /// <summary>A string, or null.</summary>
    public string? Word(string key) => Node(key) is { Kind: JsonTokenType.String } node ? JsonSerializer.Deserialize<string>(Text.Raw(node)) : null;

    /// <summary>The items of a list as they are spelled, or null where the key holds none.</summary>
    public ImmutableArray<string>? Items(string key)
    {
        if (!_items.TryGetValue(key, out ImmutableArray<string>? items))
        {
            items = Node(key) is { Kind: JsonTokenType.StartArray } node ? [.. node.Items.Select(Text.Raw)] : null;
            _items.Add(key, items);
        }

        return items;
    }

    /// <summary>Whether a list holds an item, as it is spelled; false where the key holds none.</summary>
    public bool Lists(string key, string item)
    {
        if (!_sets.TryGetValue(key, out HashSet<string>? items))
        {
            items = [.. Items(key) ?? []];
            _sets.Add(key, items);
        }

        return items.Contains(item);
    }

    /// <summary>The path of a key from the root, for messages.</summary>
    public string Shown(string key) => string.Join('.', [.. _path, key]);

    /// <summary>The config with another layer count.</summary>
    public DecoderConfig WithCount(int count) => count == Count ? this : With(_countKey, count.ToString(CultureInfo.InvariantCulture));

    /// <summary>The config with another text.</summary>
    public DecoderConfig With(JsonText text) => ReferenceEquals(text, Text) ? this : new(text, File);

    /// <summary>The config with a key of the decoder set to a value that is spelled already.</summary>
    public DecoderConfig With(string key, string raw) => new(Text.Set(Decoder, key, raw), File);

    /// <summary>The config with a key of the decoder set to a list; itself where the list is the same.</summary>
    public DecoderConfig WithItems(string key, IReadOnlyCollection<string> items) =>
        Items(key)?.SequenceEqual(items) == true ? this : With(key, Text.SpellList(items, _path.Length + 1));

    /// <summary>The config without a member of an object that the decoder holds.</summary>
    public DecoderConfig Without(string key, string member) => Node(key) is JsonTextNode owner ? new(Text.Remove(owner, member), File) : this;

    /// <summary>The config without a key of the decoder.</summary>
    public DecoderConfig WithoutKey(string key) => Decoder.Member(key) is null ? this : new(Text.Remove(Decoder, key), File);

    /// <summary>
    /// The config of a compact checkpoint: a <c>model_type</c> that no stock loader knows, and lists for the halves that are missing.
    /// Remote code is no longer named, since it would be run whatever the type is.
    /// </summary>
    public DecoderConfig AsCompact()
    {
        DecoderConfig config = this;
        foreach (string key in (string[])[LayerOverrides.DroppedAttention, LayerOverrides.DroppedMlp])
        {
            config = config.Items(key) is null ? config.With(key, "[]") : config;
        }

        if (config.IsCompact)
        {
            return config;
        }

        JsonText text = config.Text;
        string family = text.Root.Member("model_type") is JsonTextMember member ? text.Raw(member.Value) : "null";
        text = text.Remove(text.Root, "auto_map");
        text = text.Set(text.Root, "model_type", $"\"{CompactModel.ModelType}\"");
        return config.With(text.Set(text.Root, CompactModel.FamilyKey, family));
    }

    /// <summary>The config of a checkpoint that is no longer compact.</summary>
    public DecoderConfig AsPlain()
    {
        JsonText text = Text;
        string family = text.Root.Member(CompactModel.FamilyKey) is JsonTextMember member ? text.Raw(member.Value) : "null";
        text = text.Set(text.Root, "model_type", family);
        return With(text.Remove(text.Root, CompactModel.FamilyKey));
    }

    /// <summary>The config with a flag set, wherever the file holds it already; in the outermost object where nowhere.</summary>
    public DecoderConfig WithFlag(string key, bool value) => WithRaw(key, value ? "true" : "false");

    /// <summary>The config with the type of its weights set, under the name that the file uses for it.</summary>
    /// <param name="dtype">The type as torch calls it.</param>
    public DecoderConfig WithDtype(string dtype)
    {
        string raw = $"\"{dtype}\"";
        string[] keys = [.. ((string[])["dtype", "torch_dtype"]).Where(key => Decoder.Member(key) is not null || Text.Root.Member(key) is not null)];
        return (keys.Length > 0 ? keys : [IsNewDialect ? "dtype" : "torch_dtype"]).Aggregate(this, (config, key) => config.WithRaw(key, raw));
    }

    /// <summary>The config with a key set, wherever the file holds it already; in the outermost object where nowhere.</summary>
    /// <param name="key">The key.</param>
    /// <param name="raw">The value, spelled.</param>
    public DecoderConfig WithRaw(string key, string raw)
    {
        bool inside = Decoder.Member(key) is not null;
        DecoderConfig config = inside || _path.IsEmpty ? With(key, raw) : this;
        return !_path.IsEmpty && (!inside || Text.Root.Member(key) is not null)
            ? new DecoderConfig(config.Text.Set(config.Text.Root, key, raw), File)
            : config;
    }

    /// <summary>The config as the decoder reads it, or null where its family or one of its settings is unknown to it.</summary>
    public ModelConfig? Settle() => _settled.Value;

    private ModelConfig? ReadSettled()
    {
        if (Family is null)
        {
            return null;
        }

        try
        {
            JsonObject json = JsonNode.Parse(Text.ToBytes())!.AsObject();
            json.Remove(QuantizationLists.Key); // said of the weights, not of the layers
            (json[TextTower.Key] as JsonObject)?.Remove(QuantizationLists.Key);
            return ModelConfigReader.Read(json, File);
        }
        catch (Exception fault) when (fault is LayerToolException or JsonException or ArgumentException)
        {
            return null;
        }
    }
}
