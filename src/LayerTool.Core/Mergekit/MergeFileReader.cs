using System.Collections.Immutable;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Safetensors;
using LayerTool.Yaml;

namespace LayerTool.Mergekit;

/// <summary>Reads a merge file of mergekit, checking what it says by itself: every fault names the line.</summary>
/// <param name="file">The file.</param>
internal sealed class MergeFileReader(string file)
{
    private static readonly string[] Keys = ["merge_method", "slices", "models", "modules", "parameters", "base_model", "dtype", "out_dtype", "tokenizer_source", "tokenizer", "chat_template"];
    private static readonly string[] Holders = ["slices", "models", "modules"];
    private static readonly string[] OfSlice = ["sources", "parameters"];
    private static readonly string[] OfSource = ["model", "layer_range", "parameters"];
    private static readonly string[] OfModule = ["slices", "parameters"];
    private static readonly string[] OfReference = ["path", "model", "revision", "lora"];

    private readonly List<string> _notes = [];

    public MergeFile Read()
    {
        YamlMapping root = Mapping(YamlFile.Read(file), "the file");
        NoteOthers(root, Keys, "");
        MergeMethods.Require(Text(Required(root, "merge_method"), "merge_method"), Where(Required(root, "merge_method")));
        CheckTokenizer(root);
        string? baseModel = root["base_model"] is YamlNode named and not YamlScalar { IsNull: true } ? Model(named, "base_model") : null;
        TensorDtype? dtype = Dtype(root, "out_dtype") ?? Dtype(root, "dtype");
        ImmutableArray<MergeSlice> slices = Slices(root, baseModel);
        return new MergeFile(file, slices, baseModel, dtype, [.. _notes.Distinct()]);
    }

    private ImmutableArray<MergeSlice> Slices(YamlMapping root, string? baseModel)
    {
        string[] given = [.. Holders.Where(key => root[key] is not null)];
        if (given.Length != 1)
        {
            throw Fault(root, given.Length == 0 ? "needs `slices` or `models`, which is missing" : $"has {string.Join(" and ", given.Select(key => $"`{key}`"))}, expected one of them", "list the runs of layers under `slices`");
        }

        ImmutableArray<MergeSetting> whole = Scale(root);
        YamlNode node = root[given[0]]!;
        if (given[0] == "models")
        {
            return [WholeModel(Sequence(node, "models"), baseModel, whole)];
        }

        if (given[0] == "modules")
        {
            YamlMapping modules = Mapping(node, "modules");
            if (modules.Entries.Length != 1)
            {
                throw Fault(node, $"`modules` holds {modules.Entries.Length} parts, expected the one of a text model", "list the runs of layers under `slices`");
            }

            YamlMapping module = Mapping(modules.Entries[0].Value, "the module");
            NoteOthers(module, OfModule, "of a module");
            whole = [.. Scale(module), .. whole];
            node = Required(module, "slices");
        }

        YamlSequence slices = Sequence(node, "slices");
        return slices.Items.IsEmpty ? throw Fault(node, "`slices` is empty", "list the runs of layers under `slices`") : [.. slices.Items.Select(slice => Slice(slice, whole))];
    }

    private MergeSlice WholeModel(YamlSequence models, string? baseModel, ImmutableArray<MergeSetting> outer)
    {
        if (models.Items.Length != 1)
        {
            throw Fault(models, $"`models` lists {models.Items.Length} checkpoints, and passthrough takes one", "list runs of layers under `slices`");
        }

        YamlMapping source = Mapping(models.Items[0], "the model");
        MergeSlice slice = Source(source, outer, hasRange: false);
        return baseModel is null || baseModel == slice.Model
            ? slice
            : throw Fault(models, $"`base_model` is a second input beside the one that `models` lists, and passthrough takes one", "list runs of layers under `slices`: there `base_model` gives config and tokenizer alone");
    }

    private MergeSlice Slice(YamlNode node, ImmutableArray<MergeSetting> outer)
    {
        YamlMapping slice = Mapping(node, "a slice");
        NoteOthers(slice, OfSlice, "of a slice");
        YamlSequence sources = Sequence(Required(slice, "sources"), "sources");
        return sources.Items.Length == 1
            ? Source(Mapping(sources.Items[0], "a source"), [.. Scale(slice), .. outer], hasRange: true)
            : throw Fault(sources, $"the slice has {sources.Items.Length} sources, and passthrough takes one", "give every source a slice of its own");
    }

    private MergeSlice Source(YamlMapping source, ImmutableArray<MergeSetting> outer, bool hasRange)
    {
        NoteOthers(source, hasRange ? OfSource : [.. OfSource.Where(key => key != "layer_range")], "of a source");
        string model = Model(Required(source, "model"), "model");
        ImmutableArray<MergeSetting> scale = [.. Scale(source), .. outer];
        if (!hasRange)
        {
            return new MergeSlice(model, null, null, scale, source.Line);
        }

        YamlSequence range = Sequence(Required(source, "layer_range"), "layer_range");
        long?[] ends = [.. range.Items.Select(item => (item as YamlScalar)?.Whole)];
        if (ends.Length != 2 || ends.Any(end => end is null or < 0 or > PlanLimits.MaxSlots))
        {
            throw Fault(range, "`layer_range` is not two layers from 0 on", "`[4, 8]` is layers 4, 5, 6 and 7");
        }

        return ends[0] < ends[1]
            ? new MergeSlice(model, (int)ends[0]!.Value, (int)ends[1]!.Value, scale, source.Line)
            : throw Fault(range, $"`layer_range` [{ends[0]}, {ends[1]}] holds no layer: its end is not counted", "`[4, 8]` is layers 4, 5, 6 and 7");
    }

    /// <summary>A checkpoint: its path or repository id. Adapters on it are not merged here.</summary>
    private string Model(YamlNode node, string key)
    {
        if (node is YamlMapping reference)
        {
            NoteOthers(reference, OfReference, "of a model");
            if (reference["lora"] is not null and not YamlScalar { IsNull: true })
            {
                throw Adapter(node, key);
            }

            string path = Model(Required(reference, reference["path"] is null ? "model" : "path"), key);
            return reference["revision"] is YamlScalar { IsNull: false } revision ? $"{path}@{revision.Text}" : path;
        }

        string text = Text(node, key);
        return !text.Contains('+', StringComparison.Ordinal) || Directory.Exists(text) ? text : throw Adapter(node, key);
    }

    private ImmutableArray<MergeSetting> Scale(YamlMapping owner)
    {
        if (owner["parameters"] is not YamlNode node || node is YamlScalar { IsNull: true })
        {
            return [];
        }

        YamlMapping parameters = Mapping(node, "parameters");
        NoteOthers(parameters, ["scale"], "among the parameters of passthrough");
        return parameters["scale"] switch
        {
            null or YamlScalar { IsNull: true } => [],
            YamlSequence list when list.Items.All(item => item is YamlMapping) => [.. list.Items.Select(item => Setting((YamlMapping)item))],
            YamlMapping one => [Setting(one)],
            YamlNode plain => [new MergeSetting(null, Knots(plain))],
        };
    }

    private MergeSetting Setting(YamlMapping setting)
    {
        NoteOthers(setting, ["filter", "value"], "of a value of `scale`");
        string? filter = setting["filter"] is YamlNode given and not YamlScalar { IsNull: true } ? Text(given, "filter") : null;
        return new MergeSetting(filter == "*" ? null : filter, Knots(Required(setting, "value")));
    }

    private ImmutableArray<double> Knots(YamlNode node)
    {
        YamlNode[] items = node is YamlSequence list ? [.. list.Items] : [node];
        double?[] numbers = [.. items.Select(item => (item as YamlScalar)?.Number)];
        return numbers.Length > 0 && numbers.All(number => number is double finite && double.IsFinite(finite))
            ? [.. numbers.Select(number => number!.Value)]
            : throw Fault(node, "`scale` is not a number or a list of numbers", "`scale: 0.5` scales everything; a filter names what is meant");
    }

    private TensorDtype? Dtype(YamlMapping root, string key)
    {
        if (root[key] is not YamlNode node || node is YamlScalar { IsNull: true })
        {
            return null;
        }

        string name = Text(node, key);
        return (name.StartsWith("torch.", StringComparison.Ordinal) ? name[6..] : name) switch
        {
            "float32" => TensorDtype.F32,
            "float16" => TensorDtype.F16,
            "bfloat16" => TensorDtype.BF16,
            _ => throw Fault(node, $"`{key}` is {Quoted.Text(name)}", "expected `float32`, `float16` or `bfloat16`"),
        };
    }

    /// <summary>What rearranges the vocabulary is refused; what only chooses files is told of.</summary>
    private void CheckTokenizer(YamlMapping root)
    {
        foreach (string key in (string[])["tokenizer_source", "tokenizer"])
        {
            if (root[key] is YamlNode node and not YamlScalar { Text: "base" } and not YamlScalar { IsNull: true })
            {
                throw Fault(node, $"`{key}` may rearrange the rows of the embedding, which a plan of layers does not", "leave it out: embedding and tokenizer keep their rows");
            }
        }

        if (root["chat_template"] is YamlNode and not YamlScalar { IsNull: true })
        {
            _notes.Add($"{file}: `chat_template` is passed over: the main source's own travels");
        }
    }

    /// <summary>mergekit passes over keys that it does not know; here that is said, since they may be misspelt.</summary>
    private void NoteOthers(YamlMapping mapping, string[] known, string what)
    {
        foreach (string key in mapping.Entries.Select(entry => entry.Key).Where(key => !known.Contains(key)))
        {
            _notes.Add($"{file}: {Quoted.Text(key)} is no key {(what.Length == 0 ? "of a merge file" : what)} and is passed over");
        }
    }

    private YamlNode Required(YamlMapping mapping, string key) => mapping[key] ?? throw Fault(mapping, $"needs `{key}`, which is missing", "the form is that of mergekit's passthrough merges");

    private string Text(YamlNode node, string key) => node is YamlScalar { IsNull: false, Text.Length: > 0 } scalar ? scalar.Text : throw Fault(node, $"`{key}` is not a word", "give one name");

    private YamlMapping Mapping(YamlNode node, string what) => node as YamlMapping ?? throw Fault(node, $"{Named(what)} is not a mapping of keys to values", "the form is that of mergekit's passthrough merges");

    private YamlSequence Sequence(YamlNode node, string key) => node as YamlSequence ?? throw Fault(node, $"`{key}` is not a list", "the form is that of mergekit's passthrough merges");

    private static string Named(string what) => what.Contains(' ', StringComparison.Ordinal) ? what : $"`{what}`";

    private LayerToolException Adapter(YamlNode node, string key) => Fault(node, $"`{key}` puts an adapter on the checkpoint, which LayerTool does not merge here", "merge the adapter first, and name the merged checkpoint");

    private string Where(YamlNode node) => $"{file}: line {node.Line}";

    private LayerToolException Fault(YamlNode node, string what, string hint) => new($"{Where(node)}: {what}", hint);
}
