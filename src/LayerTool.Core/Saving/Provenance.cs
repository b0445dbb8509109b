using System.Collections.Immutable;
using LayerTool.Adapters;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Plans;

namespace LayerTool.Saving;

/// <summary>
/// <c>layertool.json</c> beside the weights: the plan file that they were written from, so that the checkpoint can be made again
/// and traced to its sources. It says where the checkpoint comes from, not what it is: config.json and the tensors do that.
/// </summary>
public static class Provenance
{
    /// <summary>Its file name.</summary>
    public const string FileName = "layertool.json";

    /// <summary>Format of a checkpoint that is whole only when it is played as its layertool.json says: shared layers, and an adapter for each loop.</summary>
    public const string TiedFormat = "tied";

    /// <summary>The layertool.json of a folder whose layers are to be played as it says; null where there is none.</summary>
    /// <param name="folder">The checkpoint's folder.</param>
    public static string? TiedPlan(string folder)
    {
        string file = Path.Combine(folder, FileName);
        try
        {
            return File.Exists(file) && PlanJson.ReadFile(file) is { Format: TiedFormat, Sources: [{ Path: "." }] } ? file : null;
        }
        catch (LayerToolException)
        {
            return null; // told where it is compared with the checkpoint
        }
    }

    /// <summary>What layertool.json says otherwise than config.json and the tensors, which win; null where they agree or there is none.</summary>
    public static string? Difference(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        string file = Path.Combine(checkpoint.Folder, FileName);
        if (!File.Exists(file))
        {
            return null;
        }

        try
        {
            PlanFile plan = PlanJson.ReadFile(file);
            int recorded = plan.Format == TiedFormat ? plan.Plan.Slots.Select(slot => slot.Layer + 1).DefaultIfEmpty().Max() : plan.Plan.Slots.Count();
            return recorded == checkpoint.Layers.Count
                ? null
                : $"{file} tells of {recorded} layers, config.json and the tensors of {checkpoint.Layers.Count}: the checkpoint was changed since, and is taken as it is";
        }
        catch (LayerToolException fault)
        {
            return $"{fault.Message}; the checkpoint is taken as it is";
        }
    }

    /// <summary>What layertool.json tells of a checkpoint's layers; null where there is none, or where config.json and the tensors say otherwise.</summary>
    public static PlanFile? Read(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        string file = Path.Combine(checkpoint.Folder, FileName);
        return File.Exists(file) && Difference(checkpoint) is null ? PlanJson.ReadFile(file) : null;
    }

    internal static string Write(CheckpointSet sources, LayerPlan plan, SavePlan saved, SaveOptions options)
    {
        HashSet<string> used = [LayerPlan.Main, plan.EmbeddingSource, plan.HeadSource, .. plan.Slots.Select(slot => slot.Source)];
        PlanFile complete = options.Record ?? new PlanFile(plan) { Tool = $"layertool {ToolVersion()}" };
        return PlanJson.Write(complete with
        {
            Plan = plan,
            Format = saved.FormatName,
            Sources = complete.Sources.IsEmpty
                ? [.. sources.Where(source => used.Contains(source.Key)).Select(source => Described(source.Key, source.Value))]
                : complete.Sources,
            Adapters = complete.Adapters.IsEmpty ? Described(plan, options.Adapters) : complete.Adapters,
        });
    }

    private static ImmutableSortedDictionary<string, PlanAdapter> Described(LayerPlan plan, AdapterSet adapters) =>
        plan.AdaptedSources().Select(used => used.Adapter).Distinct().ToImmutableSortedDictionary(
            name => name, name => new PlanAdapter(adapters.Find(name)!.Value.Folder.Folder, adapters.Find(name)!.Value.Range), StringComparer.Ordinal);

    private static PlanSource Described(string name, Checkpoint checkpoint) =>
        new(name, checkpoint.Folder, checkpoint.ModelType, CheckpointHash.Quick(checkpoint));

    private static string ToolVersion() => typeof(Provenance).Assembly.GetName().Version?.ToString(3) ?? "";
}
