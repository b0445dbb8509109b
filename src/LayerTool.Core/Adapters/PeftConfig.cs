using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using LayerTool.Architectures;
using LayerTool.Faults;
using LayerTool.Files;

namespace LayerTool.Adapters;

/// <summary>
/// What an adapter_config.json of PEFT says of a LoRA or DoRA adapter. A key that would change what the adapter does and is not
/// here is refused by name.
/// </summary>
public sealed record PeftConfig
{
    /// <summary>Name of the file in an adapter's folder.</summary>
    public const string FileName = "adapter_config.json";

    private const string Hint = "take adapter_config.json from the folder that PEFT saved";
    private const string Merge = "merge the adapter with PEFT (`merge_and_unload`), and name the merged checkpoint";

    private static readonly JsonLimits Limits = new(1 << 24, Deepest: 32, Hint);

    /// <summary>Keys that say how the adapter was made or trained, not what it does.</summary>
    private static readonly ImmutableHashSet<string> Inert =
    [
        "auto_mapping", "base_model_name_or_path", "fan_in_fan_out", "inference_mode", "loftq_config", "lora_dropout", "megatron_core",
        "peft_version", "qalora_group_size", "revision", "task_type",
    ];

    private static readonly ImmutableHashSet<string> Read =
    [
        "peft_type", "r", "lora_alpha", "use_rslora", "use_dora", "rank_pattern", "alpha_pattern", "target_modules", "exclude_modules",
        "layers_to_transform", "layers_pattern", "layer_replication", "modules_to_save", "bias", "init_lora_weights",
    ];

    /// <summary>First values that leave the base as it is; others take something out of it, which is not in the files.</summary>
    private static readonly string[] HarmlessInits = ["true", "false", "\"gaussian\"", "\"eva\"", "\"orthogonal\""];

    private PeftConfig(ConfigJson raw, JsonObject json)
    {
        File = raw.File;
        Json = json;
        Rank = raw.Size("r") ?? 8;
        Alpha = raw.Number("lora_alpha") ?? 8;
        ScalesByRoot = raw.Flag("use_rslora") ?? false;
        HasMagnitudes = raw.Flag("use_dora") ?? false;
        Ranks = [.. raw.NamedNumbers("rank_pattern")];
        Alphas = [.. raw.NamedNumbers("alpha_pattern")];
        Targets = new ModuleNames(raw, "target_modules");
        Excluded = raw.Has("exclude_modules") ? new ModuleNames(raw, "exclude_modules") : null;
        Layers = raw.Has("layers_to_transform") ? [.. raw.Indices("layers_to_transform", "a layer or a list of them")] : null;
        LayerWords = [.. !raw.Has("layers_pattern") ? [] : raw.IsText("layers_pattern") ? [raw.RequiredText("layers_pattern")] : raw.Texts("layers_pattern")!];
        Replication = [.. Ranges(raw)];
        SavedModules = [.. raw.Texts("modules_to_save") ?? []];
        Bias = raw.Text("bias") ?? "none";
        if (Bias is not ("none" or "all" or "lora_only"))
        {
            throw raw.Wrong("bias", "`none`, `all` or `lora_only`");
        }

        if (Ranks.Any(pair => pair.Value < 1 || pair.Value > int.MaxValue || pair.Value != Math.Floor(pair.Value)))
        {
            throw raw.Wrong("rank_pattern", "whole numbers from 1");
        }
    }

    /// <summary>Full path of the file.</summary>
    public string File { get; }

    /// <summary>The file as it stands; never changed.</summary>
    public JsonObject Json { get; }

    /// <summary><c>r</c>: rank of updates that no pattern names.</summary>
    public int Rank { get; }

    /// <summary><c>lora_alpha</c>: what an update is multiplied by, before the division by its rank.</summary>
    public double Alpha { get; }

    /// <summary><c>use_rslora</c>: the division is by the root of the rank.</summary>
    public bool ScalesByRoot { get; }

    /// <summary><c>use_dora</c>: every update has a magnitude.</summary>
    public bool HasMagnitudes { get; }

    /// <summary><c>rank_pattern</c>, in the order of the file.</summary>
    public ImmutableArray<KeyValuePair<string, double>> Ranks { get; }

    /// <summary><c>alpha_pattern</c>, in the order of the file.</summary>
    public ImmutableArray<KeyValuePair<string, double>> Alphas { get; }

    /// <summary><c>layer_replication</c>: first layer and end (not included) of each run of the base's layers that is played; empty for the base as it is.</summary>
    public ImmutableArray<(int First, int End)> Replication { get; }

    /// <summary><c>modules_to_save</c>: modules whose tensors the file holds whole.</summary>
    public ImmutableArray<string> SavedModules { get; }

    /// <summary><c>bias</c>: <c>none</c>, <c>all</c> or <c>lora_only</c>.</summary>
    public string Bias { get; }

    /// <summary><c>base_model_name_or_path</c>, or null.</summary>
    public string? BaseModel => Json["base_model_name_or_path"] is JsonValue text && text.TryGetValue(out string? name) ? name : null;

    internal ModuleNames Targets { get; }

    internal ModuleNames? Excluded { get; }

    /// <summary><c>layers_to_transform</c>; null for all.</summary>
    internal ImmutableHashSet<int>? Layers { get; }

    internal ImmutableArray<string> LayerWords { get; }

    /// <summary>Reads the config of an adapter's folder.</summary>
    /// <exception cref="LayerToolException">It is missing or not sound, or says something that LayerTool does not apply.</exception>
    public static PeftConfig ReadFolder(string folder)
    {
        string file = Path.Combine(folder, FileName);
        (_, JsonObject json) = GuardedJson.ReadObject(file, Limits);
        ConfigJson raw = new(json, file, hint: Hint);
        string type = raw.RequiredText("peft_type");
        if (type != "LORA")
        {
            throw new LayerToolException($"{file}: `peft_type` is {Quoted.Text(type)}, LayerTool applies `LORA` alone", Merge);
        }

        foreach ((string key, JsonNode? value) in json)
        {
            if (!Read.Contains(key) && !Inert.Contains(key) && !IsNothing(value))
            {
                throw new LayerToolException($"{file}: {Quoted.Text(key)} is set, which LayerTool does not apply", Merge);
            }
        }

        if (json["init_lora_weights"] is JsonNode init && !HarmlessInits.Contains(init.ToJsonString()))
        {
            throw new LayerToolException(
                $"{file}: `init_lora_weights` is {Quoted.Text(init.ToJsonString())}, which changes the base by what is not in the adapter",
                "have PEFT convert it to plain LoRA on saving (`path_initial_model_for_weight_conversion`), or merge it");
        }

        return new PeftConfig(raw, json);
    }

    private static bool IsNothing(JsonNode? value) => value switch
    {
        null => true,
        JsonObject inner => inner.Count == 0,
        JsonArray items => items.Count == 0,
        _ => value.GetValueKind() == JsonValueKind.False,
    };

    private static IEnumerable<(int First, int End)> Ranges(ConfigJson raw)
    {
        const string key = "layer_replication";
        foreach (IReadOnlyList<int> pair in raw.IndexLists(key))
        {
            yield return pair is [>= 0 and int first, int end] && first < end && end <= ModelConfigReader.MostLayers
                ? (first, end)
                : throw raw.Wrong(key, "pairs of a first layer and an end behind it");
        }
    }
}
