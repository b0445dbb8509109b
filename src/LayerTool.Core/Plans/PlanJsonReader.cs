using System.Collections.Immutable;
using System.Text.Json;
using LayerTool.Faults;
using LayerTool.Files;

namespace LayerTool.Plans;

/// <summary>Reads a plan file's JSON: every key is known, of its kind and within bounds, or the fault names it.</summary>
internal sealed class PlanJsonReader(string file)
{
    private const int MaxTextLength = 100_000;
    private const int MaxNames = 1_000;

    private const string Form = "README.md shows the form of a plan file; `--plan-out FILE` writes one";

    /// <summary>What a plan file may be.</summary>
    public static readonly JsonLimits Limits = new(
        PlanJson.MaxFileBytes,
        (3 * PlanLimits.MaxParallelDepth) + 16, // {"parallel": [[ for each group
        $"a plan file is JSON and begins with `{{\"schema\": \"{PlanJson.Schema}\"`");

    public PlanFile Read(byte[] json)
    {
        using JsonDocument document = GuardedJson.Parse(json, file, Limits);
        return ReadRoot(document.RootElement);
    }

    private PlanFile ReadRoot(JsonElement root)
    {
        CheckSchema(root);
        Fields fields = new(this, root, "", ["schema", "tool", "notation", "sources", "embedding", "head", "tiedHead", "endsAdapter", "slots", "adapters", "steps", "scores", "format", "tie", "settings"]);
        LayerPlan plan = new(ReadSteps(fields))
        {
            EmbeddingSource = fields.OptionalText("embedding") ?? LayerPlan.Main,
            HeadSource = fields.OptionalText("head") ?? LayerPlan.Main,
            TiedHead = fields.OptionalFlag("tiedHead"),
            EndsAdapter = fields.OptionalText("endsAdapter"),
        };
        PlanFile result = new(plan)
        {
            Tool = fields.OptionalText("tool") ?? "layertool",
            Sources = fields.Optional("sources", JsonValueKind.Object) is JsonElement sources ? ReadSources(sources) : [],
            Adapters = ReadAdapters(fields, "adapters"),
            History = fields.Optional("steps", JsonValueKind.Array) is JsonElement steps ? [.. Items(steps, "steps").Select(ReadHistory)] : [],
            Scores = fields.Optional("scores", JsonValueKind.Object) is JsonElement scores ? ReadScores(scores) : null,
            Format = fields.OptionalText("format"),
            Tie = ReadTexts(fields, "tie"),
            Settings = ReadTexts(fields, "settings"),
        };
        Check(result);
        return result;
    }

    private void CheckSchema(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw Wrong("the file", root, "an object");
        }

        string hint = $"a plan file begins with `\"schema\": \"{PlanJson.Schema}\"`";
        if (!root.TryGetProperty("schema", out JsonElement schema))
        {
            throw Fault("needs `schema`, which is missing", hint);
        }

        if (schema.ValueKind != JsonValueKind.String || !schema.ValueEquals(PlanJson.Schema))
        {
            throw Fault($"the schema is {Shown(schema)}, this version reads `{PlanJson.Schema}`", hint);
        }
    }

    // The slots are the truth. A notation that says something else is a file half edited: neither is taken.
    private ImmutableArray<PlanStep> ReadSteps(Fields fields)
    {
        string? notation = fields.OptionalText("notation");
        ImmutableArray<PlanStep>? noted = notation is null ? null : Within(() => PlanNotation.Parse(notation).Steps);
        if (fields.Optional("slots", JsonValueKind.Array) is not JsonElement slots)
        {
            return noted ?? throw Fault("needs `slots` or `notation`, both are missing");
        }

        ImmutableArray<PlanStep> steps = ReadMember(slots, "slots");
        return noted is null || steps.SequenceEqual(noted.Value)
            ? steps
            : throw Fault("`notation` and `slots` are not the same plan", "delete the one that is out of date");
    }

    private ImmutableArray<PlanStep> ReadMember(JsonElement array, string path) =>
        array.ValueKind == JsonValueKind.Array ? [.. Items(array, path).Select(item => ReadStep(item.Value, item.Path))] : throw Wrong(path, array, "an array of slots");

    private PlanStep ReadStep(JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty("parallel", out _))
        {
            Fields group = new(this, element, path, ["parallel"]);
            return new ParallelGroup([.. Items(group.Required("parallel", JsonValueKind.Array), $"{path}.parallel").Select(member => ReadMember(member.Value, member.Path))]);
        }

        Fields slot = new(this, element, path, ["source", "layer", "attention", "mlp", "adapter"]);
        JsonElement layer = slot.Required("layer", JsonValueKind.Number);
        return new LayerSlot(
            slot.OptionalText("source") ?? LayerPlan.Main,
            layer.TryGetInt32(out int index) ? index : throw Wrong($"{path}.layer", layer, "a whole number"),
            slot.Optional("attention", JsonValueKind.Number) is JsonElement attention ? Number(attention, $"{path}.attention") : 1,
            slot.Optional("mlp", JsonValueKind.Number) is JsonElement mlp ? Number(mlp, $"{path}.mlp") : 1,
            slot.OptionalText("adapter"));
    }

    private ImmutableArray<PlanSource> ReadSources(JsonElement element)
    {
        ImmutableArray<PlanSource>.Builder sources = ImmutableArray.CreateBuilder<PlanSource>();
        foreach (JsonProperty property in Entries(element, "sources"))
        {
            string path = $"sources.{property.Name}";
            Fields source = new(this, property.Value, path, ["path", "architecture", "hash", "allowConfigMismatch"]);
            sources.Add(new PlanSource(
                PlanLimits.IsName(property.Name) ? property.Name : throw Fault($"`{Short(path)}` is no name for a source"),
                Text(source.Required("path", JsonValueKind.String), $"{path}.path"),
                source.OptionalText("architecture"),
                source.OptionalText("hash"),
                source.OptionalFlag("allowConfigMismatch")));
        }

        return sources.Count == 0 || sources[0].Name == LayerPlan.Main
            ? sources.DrainToImmutable()
            : throw Fault($"the first of `sources` is `{sources[0].Name}`, expected `{LayerPlan.Main}`");
    }

    private PlanHistoryEntry ReadHistory((JsonElement Value, string Path) item)
    {
        Fields step = new(this, item.Value, item.Path, ["command", "arguments"]);
        string arguments = $"{item.Path}.arguments";
        return new PlanHistoryEntry(
            Text(step.Required("command", JsonValueKind.String), $"{item.Path}.command"),
            [.. Items(step.Required("arguments", JsonValueKind.Array), arguments).Select(argument => Text(argument.Value, argument.Path))]);
    }

    private PlanScores ReadScores(JsonElement element)
    {
        Fields scores = new(this, element, "scores", ["measure", "attention", "mlp", "block"]);
        return new PlanScores(Text(scores.Required("measure", JsonValueKind.String), "scores.measure"), Numbers("attention"), Numbers("mlp"), Numbers("block"));

        ImmutableArray<double> Numbers(string key) => scores.Optional(key, JsonValueKind.Array) is JsonElement array
            ? [.. Items(array, $"scores.{key}").Select(number => Number(number.Value, number.Path))]
            : [];
    }

    private ImmutableSortedDictionary<string, string> ReadTexts(Fields fields, string key)
    {
        ImmutableSortedDictionary<string, string> none = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        return fields.Optional(key, JsonValueKind.Object) is JsonElement texts
            ? none.AddRange(Entries(texts, key).Select(property => KeyValuePair.Create(property.Name, Text(property.Value, $"{key}.{property.Name}"))))
            : none;
    }

    /// <summary>Each adapter is its folder, or an object where a run of layers has to be named.</summary>
    private ImmutableSortedDictionary<string, PlanAdapter> ReadAdapters(Fields fields, string key)
    {
        ImmutableSortedDictionary<string, PlanAdapter> none = ImmutableSortedDictionary.Create<string, PlanAdapter>(StringComparer.Ordinal);
        return fields.Optional(key, JsonValueKind.Object) is JsonElement adapters
            ? none.AddRange(Entries(adapters, key).Select(property => KeyValuePair.Create(property.Name, ReadAdapter(property.Value, $"{key}.{property.Name}"))))
            : none;
    }

    private PlanAdapter ReadAdapter(JsonElement element, string path)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return new PlanAdapter(Text(element, path));
        }

        Fields adapter = new(this, element, path, ["path", "range"]);
        JsonElement? range = adapter.Optional("range", JsonValueKind.Number);
        return new PlanAdapter(
            Text(adapter.Required("path", JsonValueKind.String), $"{path}.path"),
            range is not JsonElement number ? 0 : number.TryGetInt32(out int index) && index >= 0 ? index : throw Wrong($"{path}.range", number, "a whole number from 0"));
    }

    private void Check(PlanFile plan) => Within(() =>
    {
        PlanCheck.CheckShape(plan.Plan);
        if (!plan.Sources.IsEmpty)
        {
            PlanCheck.CheckNames(plan.Plan, plan.Sources.Select(source => source.Name), plan.Adapters.Keys);
        }

        return plan;
    });

    // Faults of the plan itself know no file.
    private T Within<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (LayerToolException fault)
        {
            throw Fault(fault.Message, fault.Hint, fault);
        }
    }

    // The bound of the slots serves for every list: no honest file comes near it.
    private IEnumerable<(JsonElement Value, string Path)> Items(JsonElement array, string path) =>
        array.GetArrayLength() <= PlanLimits.MaxSlots
            ? array.EnumerateArray().Select((item, index) => (item, $"{path}[{index}]"))
            : throw Fault($"`{path}` has {array.GetArrayLength()} entries, expected at most {PlanLimits.MaxSlots}");

    private JsonElement.ObjectEnumerator Entries(JsonElement container, string path) =>
        container.GetPropertyCount() <= MaxNames
            ? container.EnumerateObject()
            : throw Fault($"`{path}` has {container.GetPropertyCount()} entries, expected at most {MaxNames}");

    private double Number(JsonElement element, string path) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out double number) && double.IsFinite(number)
            ? number
            : throw Wrong(path, element, "a finite number");

    private string Text(JsonElement element, string path)
    {
        string text = element.ValueKind == JsonValueKind.String ? element.GetString()! : throw Wrong(path, element, "a string");
        return text.Length <= MaxTextLength || path == "notation" ? text : throw Wrong(path, element, "a shorter string");
    }

    private LayerToolException Wrong(string path, JsonElement found, string expected) =>
        Fault($"`{Short(path)}` is {Shown(found)}, expected {expected}");

    private LayerToolException Fault(string message, string hint = Form, Exception? cause = null) => new($"{file}: {message}", hint, cause);

    private static string Shown(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        _ => Short(element.GetRawText()),
    };

    private static string Short(string text) => text.Length > 60 ? string.Concat(text.AsSpan(0, 57), "...") : text;

    /// <summary>The keys of one object, all of them known.</summary>
    private sealed class Fields
    {
        private readonly PlanJsonReader _reader;
        private readonly JsonElement _element;
        private readonly string _path;

        public Fields(PlanJsonReader reader, JsonElement element, string path, string[] known)
        {
            _reader = reader;
            _element = element;
            _path = path;
            if (element.ValueKind != JsonValueKind.Object)
            {
                throw reader.Wrong(path, element, "an object");
            }

            foreach (JsonProperty property in element.EnumerateObject())
            {
                if (!known.Contains(property.Name))
                {
                    throw reader.Fault(
                        $"the key `{Short(Path(property.Name))}` is not known",
                        $"known keys: {string.Join(", ", known.Select(key => $"`{key}`"))}");
                }
            }
        }

        public JsonElement Required(string key, JsonValueKind kind) =>
            Optional(key, kind) ?? throw _reader.Fault($"needs `{Path(key)}`, which is missing");

        public JsonElement? Optional(string key, JsonValueKind kind) => !_element.TryGetProperty(key, out JsonElement value)
            ? null
            : value.ValueKind == kind
                ? value
                : throw _reader.Wrong(Path(key), value, kind switch
                {
                    JsonValueKind.Object => "an object",
                    JsonValueKind.Array => "an array",
                    JsonValueKind.Number => "a number",
                    _ => "a string",
                });

        public string? OptionalText(string key) =>
            Optional(key, JsonValueKind.String) is JsonElement text ? _reader.Text(text, Path(key)) : null;

        /// <summary>A flag; false where it is absent.</summary>
        public bool OptionalFlag(string key) => _element.TryGetProperty(key, out JsonElement value)
            && (value.ValueKind is JsonValueKind.True or JsonValueKind.False
                ? value.GetBoolean()
                : throw _reader.Wrong(Path(key), value, "`true` or `false`"));

        private string Path(string key) => _path.Length == 0 ? key : $"{_path}.{key}";
    }
}
