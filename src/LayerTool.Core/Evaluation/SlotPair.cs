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
    /// are the same where their checkpoint is; of one that LayerTool wrote the checkpoint is the one that the layer came from. A source
    /// whose checkpoint the other side has not stands for the one of its name.
    /// </summary>
    /// <param name="left">The left plan.</param>
    /// <param name="leftSources">Its checkpoints.</param>
    /// <param name="right">The right plan.</param>
    /// <param name="rightSources">Its checkpoints.</param>
    /// <returns>The pairs, in the order of the left plan.</returns>
    public static ImmutableArray<SlotPair> Match(LayerPlan left, CheckpointSet leftSources, LayerPlan right, CheckpointSet rightSources)
    {
        ImmutableArray<PlayedLayer> leftLayers = PlayedLayer.Of(left, leftSources), rightLayers = PlayedLayer.Of(right, rightSources);
        Dictionary<string, string> onLeft = Counterparts(rightLayers, leftLayers);
        Dictionary<(string Checkpoint, int Layer), Queue<int>> waiting = [];
        foreach ((int slot, PlayedLayer played) in rightLayers.Index())
        {
            if (onLeft.TryGetValue(played.Checkpoint, out string? checkpoint))
            {
                (string, int) key = (checkpoint, played.Layer);
                (waiting.TryGetValue(key, out Queue<int>? slots) ? slots : waiting[key] = []).Enqueue(slot);
            }
        }

        ImmutableArray<SlotPair>.Builder pairs = ImmutableArray.CreateBuilder<SlotPair>();
        foreach ((int slot, (PlayedLayer played, LayerSlot own)) in leftLayers.Zip(left.Slots).Index())
        {
            if (waiting.TryGetValue((played.Checkpoint, played.Layer), out Queue<int>? slots) && slots.TryDequeue(out int other))
            {
                pairs.Add(new SlotPair(slot, other, own));
            }
        }

        return pairs.ToImmutable();
    }

    // The checkpoint of `to` that each checkpoint of `from` stands for.
    private static Dictionary<string, string> Counterparts(ImmutableArray<PlayedLayer> from, ImmutableArray<PlayedLayer> to)
    {
        Dictionary<string, string> counterparts = new(StringComparer.Ordinal);
        foreach (PlayedLayer played in from.DistinctBy(layer => layer.Checkpoint))
        {
            PlayedLayer? same = to.FirstOrDefault(layer => layer.Checkpoint == played.Checkpoint);
            PlayedLayer? namesake = to.FirstOrDefault(layer => layer.Source == played.Source && from.All(other => other.Checkpoint != layer.Checkpoint));
            if ((same ?? namesake) is PlayedLayer found)
            {
                counterparts.Add(played.Checkpoint, found.Checkpoint);
            }
        }

        return counterparts;
    }
}
