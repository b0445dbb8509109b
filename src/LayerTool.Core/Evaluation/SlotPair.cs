using System.Collections.Immutable;
using LayerTool.Checkpoints;
using LayerTool.Plans;

namespace LayerTool.Evaluation;

/// <summary>A slot of each of two plans that play the same source layer.</summary>
/// <param name="Left">Number of the slot in the left plan.</param>
/// <param name="Right">Number of the slot in the right plan.</param>
/// <param name="Layer">What the left slot plays.</param>
public sealed record SlotPair(int Left, int Right, LayerSlot Layer)
{
    /// <summary>
    /// Pairs the k-th slot of the left plan that plays a layer with the k-th of the right plan that does, whichever halves run. Layers
    /// are the same where their checkpoint is; a source whose checkpoint the other side has not stands for the one of its name.
    /// </summary>
    /// <param name="left">The left plan.</param>
    /// <param name="leftSources">Its checkpoints.</param>
    /// <param name="right">The right plan.</param>
    /// <param name="rightSources">Its checkpoints.</param>
    /// <returns>The pairs, in the order of the left plan.</returns>
    public static ImmutableArray<SlotPair> Match(LayerPlan left, CheckpointSet leftSources, LayerPlan right, CheckpointSet rightSources)
    {
        Dictionary<string, string> namesOfLeft = Names(rightSources, leftSources);
        Dictionary<(string Source, int Layer), Queue<int>> waiting = [];
        foreach ((int slot, LayerSlot played) in right.Slots.Index())
        {
            if (namesOfLeft.TryGetValue(played.Source, out string? source))
            {
                (string, int) key = (source, played.Layer);
                (waiting.TryGetValue(key, out Queue<int>? slots) ? slots : waiting[key] = []).Enqueue(slot);
            }
        }

        ImmutableArray<SlotPair>.Builder pairs = ImmutableArray.CreateBuilder<SlotPair>();
        foreach ((int slot, LayerSlot played) in left.Slots.Index())
        {
            if (waiting.TryGetValue((played.Source, played.Layer), out Queue<int>? slots) && slots.TryDequeue(out int other))
            {
                pairs.Add(new SlotPair(slot, other, played));
            }
        }

        return pairs.ToImmutable();
    }

    // The source of `to` that each source of `from` stands for.
    private static Dictionary<string, string> Names(CheckpointSet from, CheckpointSet to)
    {
        Dictionary<string, string> names = new(StringComparer.Ordinal);
        foreach ((string name, Checkpoint checkpoint) in from)
        {
            string? same = to.Where(pair => IsSame(pair.Value, checkpoint)).Select(pair => pair.Key).FirstOrDefault();
            bool nameIsFree = to.Find(name) is Checkpoint namesake && !from.Any(pair => IsSame(pair.Value, namesake));
            if ((same ?? (nameIsFree ? name : null)) is string found)
            {
                names.Add(name, found);
            }
        }

        return names;
    }

    private static bool IsSame(Checkpoint left, Checkpoint right) => Path.GetFullPath(left.Folder) == Path.GetFullPath(right.Folder);
}
