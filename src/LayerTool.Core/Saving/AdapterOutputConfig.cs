using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using LayerTool.Adapters;
using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Plans;

namespace LayerTool.Saving;

/// <summary>The adapter_config.json of adapters that go along with a checkpoint: it names the modules that have updates there, and no other.</summary>
internal static class AdapterOutputConfig
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>Writes it, from the first adapter's own.</summary>
    /// <param name="folders">The adapters.</param>
    /// <param name="modules">What has an update.</param>
    /// <param name="slots">The layers of the checkpoint.</param>
    /// <param name="sources">Where they come from.</param>
    /// <exception cref="LayerToolException">The adapters go into no one config.</exception>
    public static ReadOnlyMemory<byte> Write(IReadOnlyList<PeftFolder> folders, IReadOnlyList<SavedModule> modules, ImmutableArray<LayerSlot> slots, CheckpointSet sources)
    {
        PeftConfig first = folders[0].Config;
        if (folders.FirstOrDefault(folder => folder.Config.HasMagnitudes != first.HasMagnitudes || folder.Config.ScalesByRoot != first.ScalesByRoot) is PeftFolder other)
        {
            throw new LayerToolException(
                $"{folders[0]} and {other} differ in `use_dora` or `use_rslora`, and one PEFT folder has one of each", "write them into the weights with `--merge-adapters`");
        }

        JsonObject json = (JsonObject)first.Json.DeepClone();
        string[] saved = [.. folders.SelectMany(folder => folder.Config.SavedModules).Distinct()];
        string[] biases = ["none", "lora_only", "all"];
        json["bias"] = biases[folders.Max(folder => Array.IndexOf(biases, folder.Config.Bias))];
        json["target_modules"] = Names(Targets(modules, slots, sources));
        json["modules_to_save"] = saved.Length == 0 ? null : Names(saved);
        json["rank_pattern"] = Pattern(modules, module => module.Rank, first.Rank);
        json["alpha_pattern"] = Pattern(modules, module => module.Alpha, first.Alpha);
        json["r"] = first.Rank;
        json["lora_alpha"] = Number(first.Alpha);
        json["base_model_name_or_path"] = ".."; // the checkpoint that it lies in
        foreach (string key in (string[])["exclude_modules", "layers_to_transform", "layers_pattern", "layer_replication", "revision"])
        {
            json[key] = null;
        }

        return JsonSerializer.SerializeToUtf8Bytes(json, Indented);
    }

    /// <summary>Last parts of names where these say it, else whole names: PEFT would make updates for the others of that end.</summary>
    private static IEnumerable<string> Targets(IReadOnlyList<SavedModule> modules, ImmutableArray<LayerSlot> slots, CheckpointSet sources)
    {
        HashSet<string> ends = [.. modules.Select(module => module.LastPart)];
        HashSet<(int Place, string Module)> adapted = [.. modules.Where(module => module.Place is not null).Select(module => (module.Place!.Value, InLayer(module.Module.Weight)))];
        bool isWhole = slots.Select((slot, place) => (slot, place)).All(pair => ExpectedTensors.InLayer(sources[pair.slot.Source].Config, pair.slot.Layer)
            .Where(tensor => tensor.IsProjection)
            .Select(InLayer)
            .All(module => adapted.Contains((pair.place, module)) || !ends.Contains(module[(module.LastIndexOf('.') + 1)..])));
        return (isWhole ? ends : modules.Select(module => module.Path)).Order(StringComparer.Ordinal);
    }

    /// <summary>A module's name behind its layer's number.</summary>
    private static string InLayer(ExpectedTensor weight)
    {
        string number = FormattableString.Invariant($".{weight.Layer}.");
        return weight.Name[(weight.Name.IndexOf(number, StringComparison.Ordinal) + number.Length)..weight.Name.LastIndexOf('.')];
    }

    /// <summary>Values that are not the common one: by the last part of names where all of these have the value, else by whole names.</summary>
    private static JsonObject Pattern(IReadOnlyList<SavedModule> modules, Func<AdaptedModule, double> value, double common)
    {
        JsonObject pattern = [];
        foreach (IGrouping<string, SavedModule> group in modules.GroupBy(module => module.LastPart))
        {
            bool isOne = group.Select(module => value(module.Module)).Distinct().Count() == 1;
            foreach (SavedModule module in group.Where(module => value(module.Module) != common))
            {
                pattern[isOne ? group.Key : module.Path] = Number(value(module.Module));
            }
        }

        return pattern;
    }

    private static JsonValue Number(double value) => value == Math.Floor(value) && Math.Abs(value) < long.MaxValue ? JsonValue.Create((long)value) : JsonValue.Create(value);

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(name => (JsonNode)JsonValue.Create(name))]);
}
