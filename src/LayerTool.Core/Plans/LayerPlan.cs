using System.Collections.Immutable;

namespace LayerTool.Plans;

/// <summary>
/// What a model plays, and in which order: an immutable value. Every operation on layers makes a plan out of a plan; a plan is
/// run in memory on shared weights, or written out as a checkpoint.
/// </summary>
/// <param name="Steps">The steps, first played first. Empty is allowed: embedding, final norm, head.</param>
public sealed record LayerPlan(ImmutableArray<PlanStep> Steps)
{
    /// <summary>Name of the source that is given first.</summary>
    public const string Main = "main";

    /// <summary>Source of the embedding, and of all tensors before the layers.</summary>
    public string EmbeddingSource { get; init; } = Main;

    /// <summary>Source of the final norm and the head, and of all tensors after the layers.</summary>
    public string HeadSource { get; init; } = Main;

    /// <summary>
    /// Whether the head is the embedding's table, whichever source the final norm is from: what a merge of tied checkpoints gives,
    /// none of which stores a head.
    /// </summary>
    public bool TiedHead { get; init; }

    /// <summary>Name of the adapter of embedding, final norm and head, or null: those of layers are named by their slots.</summary>
    public string? EndsAdapter { get; init; }

    /// <summary>
    /// All slots, in the order of the notation: the members of a parallel group one after another. A slot's position in this
    /// list is its number everywhere: in messages, in the KV cache, for observers.
    /// </summary>
    public IEnumerable<LayerSlot> Slots => Flatten(Steps);

    /// <summary>The plan that plays the layers of <see cref="Main"/> as they are.</summary>
    /// <param name="layerCount">Number of layers of the checkpoint.</param>
    public static LayerPlan Identity(int layerCount) =>
        new([.. Enumerable.Range(0, layerCount).Select(layer => new LayerSlot(Main, layer))]);

    /// <summary>Each adapter that is named, with each source that it is for.</summary>
    public IEnumerable<(string Adapter, string Source)> AdaptedSources() => Slots
        .Select(slot => (slot.Adapter, slot.Source))
        .Concat([(EndsAdapter, EmbeddingSource), (EndsAdapter, HeadSource)])
        .Where(pair => pair.Item1 is not null)
        .Distinct()!;

    /// <summary>Equal where the steps and all that is said of embedding and head are equal.</summary>
    public bool Equals(LayerPlan? other) =>
        other is not null
        && EmbeddingSource == other.EmbeddingSource
        && HeadSource == other.HeadSource
        && TiedHead == other.TiedHead
        && EndsAdapter == other.EndsAdapter
        && Steps.SequenceEqual(other.Steps);

    /// <inheritdoc />
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(EmbeddingSource);
        hash.Add(HeadSource);
        hash.Add(TiedHead);
        hash.Add(EndsAdapter);
        foreach (PlanStep step in Steps)
        {
            hash.Add(step);
        }

        return hash.ToHashCode();
    }

    private static IEnumerable<LayerSlot> Flatten(ImmutableArray<PlanStep> steps) =>
        steps.SelectMany(step => step switch
        {
            LayerSlot slot => [slot],
            ParallelGroup group => group.Members.SelectMany(member => Flatten(member)),
            _ => throw new InvalidOperationException($"Unknown step {step.GetType().Name}."),
        });
}
