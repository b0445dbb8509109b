using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using LayerTool.Faults;
using LayerTool.Files;
using LayerTool.Safetensors;
using LayerTool.Tensors;
using static TorchSharp.torch;

namespace LayerTool.Verification;

/// <summary>
/// Reference outputs of a checkpoint: tensors in a safetensors file, and beside it a .json that says how they were made.
/// The tensors are mapped; they belong to this object.
/// </summary>
public sealed class ExpectedOutputs : IDisposable
{
    private const string Form = "see the form in README.md, or write such a file with `layertool verify MODEL --record FILE`";
    private static readonly JsonLimits Limits = new(64 << 20, Deepest: 64, Form);

    private readonly MappedFiles _files = new();
    private readonly Dictionary<string, TensorEntry> _entries;

    private ExpectedOutputs(string file, SafetensorsHeader header, JsonObject about)
    {
        File = file;
        _entries = header.Tensors.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        string aboutFile = Path.ChangeExtension(file, ".json");
        string computedIn = Text(about, "computed_in", aboutFile) ?? ComputeDtypes.NameOf(ComputeDtype.Float32);
        ComputedIn = ComputeDtypes.Find(computedIn) is ComputeDtype known and not ComputeDtype.Auto
            ? known
            : throw new LayerToolException($"{aboutFile}: `computed_in` is {Quoted.Text(computedIn)}, expected `float32`, `bfloat16` or `float16`", Form);
        ModelType = Text(about, "model_type", aboutFile);
        Plan = Text(about, "plan", aboutFile);
        Spread = about["spread"] is JsonValue spread && spread.TryGetValue(out double value) ? value : null;
        Plans = [.. Object(about, "plans", aboutFile).Select(pair => new KeyValuePair<string, string?>(pair.Key, pair.Value?.GetValueKind() == JsonValueKind.String ? pair.Value.GetValue<string>() : null))];
        Failed = [.. Object(about, "failed", aboutFile).Select(pair => KeyValuePair.Create(pair.Key, FailedPlan(pair.Key, pair.Value)))];
        GreedyLeft = about["greedy_left"] is JsonArray rows ? [.. rows.Select(row => Tokens(row, "greedy_left", aboutFile))] : [];
        GreedyOneRow = about["greedy_one_row_uncached"] is JsonArray one ? Tokens(one, "greedy_one_row_uncached", aboutFile) : [];
        GreedyEdited = [.. Object(about, "greedy_edited", aboutFile).Select(pair => KeyValuePair.Create(pair.Key, Tokens(pair.Value, "greedy_edited", aboutFile)))];
    }

    /// <summary>The safetensors file.</summary>
    public string File { get; }

    /// <summary>Folder of the second checkpoint, which plans call <c>donor</c>.</summary>
    public string DonorFolder => Path.Combine(Path.GetDirectoryName(File)!, "donor");

    /// <summary>The type that the reference was computed in; float32 where the file does not say.</summary>
    public ComputeDtype ComputedIn { get; }

    /// <summary><c>model_type</c> of the checkpoint, where the file says.</summary>
    public string? ModelType { get; }

    /// <summary>The plan that all but the cases were run under; null for the checkpoint as it is.</summary>
    public string? Plan { get; }

    /// <summary>Standard deviation of the logits, where the file says.</summary>
    public double? Spread { get; }

    /// <summary>Edited cases: name, and plan in LayerTool's notation; null where no plan can say it.</summary>
    public ImmutableArray<KeyValuePair<string, string?>> Plans { get; }

    /// <summary>Cases that the reference could not run and that must be refused: name, and plan where one is given.</summary>
    public ImmutableArray<KeyValuePair<string, string?>> Failed { get; }

    /// <summary>New tokens of a cached greedy run of <c>ids.left</c>, one list a row; empty where absent.</summary>
    public ImmutableArray<ImmutableArray<int>> GreedyLeft { get; }

    /// <summary>New tokens of an uncached greedy run of <c>ids</c>; empty where absent.</summary>
    public ImmutableArray<int> GreedyOneRow { get; }

    /// <summary>New tokens of greedy runs of <c>ids</c> under a case's plan, by case.</summary>
    public ImmutableArray<KeyValuePair<string, ImmutableArray<int>>> GreedyEdited { get; }

    /// <summary>Names of the tensors.</summary>
    public IEnumerable<string> Names => _entries.Keys;

    /// <summary>Opens the file and the .json beside it (which may be absent).</summary>
    /// <exception cref="LayerToolException">A file is missing or at fault.</exception>
    public static ExpectedOutputs Open(string file)
    {
        if (!System.IO.File.Exists(file))
        {
            throw new LayerToolException($"{file} does not exist", "give the reference outputs with `--expected FILE`; `layertool verify --record` writes such a file");
        }

        SafetensorsHeader header = SafetensorsHeader.Read(file);
        string about = Path.ChangeExtension(file, ".json");
        return new ExpectedOutputs(file, header, System.IO.File.Exists(about) ? GuardedJson.ReadObject(about, Limits).Json : []);
    }

    /// <summary>Whether there is a tensor of that name.</summary>
    public bool Has(string name) => _entries.ContainsKey(name);

    /// <summary>Token ids, or a mask: two dimensions, as int64.</summary>
    /// <exception cref="LayerToolException">No such tensor, or of another kind.</exception>
    internal Tensor GetRows(string name)
    {
        Tensor rows = Get(name);
        return rows.dim() == 2 && rows.numel() > 0 && is_integral(rows.dtype)
            ? rows.to(ScalarType.Int64)
            : throw new LayerToolException($"{File}: `{name}` is {rows.dtype} of shape [{string.Join(", ", rows.shape)}], expected whole numbers [rows, tokens]", Form);
    }

    /// <summary>A tensor in its stored type; the caller's scope disposes it.</summary>
    /// <exception cref="LayerToolException">No such tensor.</exception>
    internal Tensor Get(string name) => _entries.TryGetValue(name, out TensorEntry? entry)
        ? _files.View(entry)
        : throw new LayerToolException($"{File}: needs the tensor `{name}`, which is missing", Form);

    /// <inheritdoc />
    public void Dispose() => _files.Dispose();

    /// <summary>The plan of that name, or the one that the reason begins with: <c>plan 7-0: …</c>.</summary>
    private string? FailedPlan(string name, JsonNode? reason)
    {
        if (Plans.FirstOrDefault(pair => pair.Key == name).Value is string plan)
        {
            return plan;
        }

        string words = reason?.GetValueKind() == JsonValueKind.String ? reason.GetValue<string>() : "";
        int end = words.IndexOf(':', StringComparison.Ordinal);
        return end > 0 && words.StartsWith("plan ", StringComparison.Ordinal) ? words[5..end] : null;
    }

    private static string? Text(JsonObject about, string key, string file) => about[key] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ => throw new LayerToolException($"{file}: `{key}` is not a string", Form),
    };

    private static JsonObject Object(JsonObject about, string key, string file) => about[key] switch
    {
        null => [],
        JsonObject inner => inner,
        _ => throw new LayerToolException($"{file}: `{key}` is not an object", Form),
    };

    private static ImmutableArray<int> Tokens(JsonNode? node, string key, string file)
    {
        if (node is not JsonArray array)
        {
            throw new LayerToolException($"{file}: `{key}` holds something that is not a list of tokens", Form);
        }

        return [.. array.Select(item => item is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out int token)
            ? token
            : throw new LayerToolException($"{file}: `{key}` holds {item?.ToJsonString() ?? "null"}, expected a token id", Form))];
    }
}
