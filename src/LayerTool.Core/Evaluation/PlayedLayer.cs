using System.Collections.Immutable;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Saving;

namespace LayerTool.Evaluation;

/// <summary>The layer that a slot plays, traced back through checkpoints that LayerTool wrote to the one that it comes from.</summary>
/// <param name="Checkpoint">Folder of that checkpoint, or its hash where it is no longer there.</param>
/// <param name="Source">Its name in the plan that took the layer.</param>
/// <param name="Layer">Index of the layer there.</param>
internal sealed record PlayedLayer(string Checkpoint, string Source, int Layer)
{
    private const int Deepest = 32; // checkpoints that were written from one another

    /// <summary>The layers of a plan's slots.</summary>
    public static ImmutableArray<PlayedLayer> Of(LayerPlan plan, CheckpointSet sources)
    {
        Dictionary<string, PlanFile?> records = new(StringComparer.Ordinal);
        return [.. plan.Slots.Select(slot => Trace(Path.GetFullPath(sources[slot.Source].Folder), slot.Source, slot.Layer, records, depth: 0))];
    }

    private static PlayedLayer Trace(string folder, string source, int layer, Dictionary<string, PlanFile?> records, int depth)
    {
        if (!records.TryGetValue(folder, out PlanFile? record))
        {
            record = RecordOf(folder);
            records.Add(folder, record);
        }

        LayerSlot? slot = depth < Deepest ? record?.Plan.Slots.ElementAt(layer) : null;
        if (slot is null || record!.Sources.FirstOrDefault(candidate => candidate.Name == slot.Source) is not PlanSource from)
        {
            return new PlayedLayer(folder, source, layer);
        }

        string beside = Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(folder, from.Path)));
        return beside == folder ? new PlayedLayer(folder, source, layer) // computed from several layers: it comes from itself
            : Directory.Exists(beside)
            ? Trace(beside, slot.Source, slot.Layer, records, depth + 1)
            : new PlayedLayer(from.Hash ?? from.Path, slot.Source, slot.Layer);
    }

    private static PlanFile? RecordOf(string folder)
    {
        try
        {
            return File.Exists(Path.Combine(folder, Provenance.FileName)) ? Provenance.Read(LayerTool.Checkpoints.Checkpoint.Open(folder)) : null;
        }
        catch (LayerToolException)
        {
            return null; // a source of a source that is at fault: the trace ends in front of it
        }
    }
}
