using System.Collections.Immutable;

namespace LayerTool.Plans;

/// <summary>What differs between two plans, from the first step on.</summary>
/// <param name="Before">The first plan.</param>
/// <param name="After">The second plan.</param>
/// <param name="Changes">Steps added, left out or changed, in order; empty where the steps are equal.</param>
public sealed record PlanDiff(LayerPlan Before, LayerPlan After, ImmutableArray<PlanChange> Changes)
{
    // Cells of the alignment's table. What is larger is shown as one change: nobody reads an alignment of thousands of slots.
    private const long MaxCells = 4_000_000;

    /// <summary>Whether the plans are equal.</summary>
    public bool IsEmpty => Before.Equals(After);

    /// <summary>Compares two plans. Steps that play the same layer are set against each other, whatever else changed.</summary>
    public static PlanDiff Between(LayerPlan before, LayerPlan after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        int prefix = 0;
        int shorter = Math.Min(before.Steps.Length, after.Steps.Length);
        while (prefix < shorter && before.Steps[prefix].Equals(after.Steps[prefix]))
        {
            prefix++;
        }

        int suffix = 0;
        while (suffix < shorter - prefix && before.Steps[^(suffix + 1)].Equals(after.Steps[^(suffix + 1)]))
        {
            suffix++;
        }

        ImmutableArray<PlanStep> old = before.Steps[prefix..^suffix];
        ImmutableArray<PlanStep> changed = after.Steps[prefix..^suffix];
        int slots = new LayerPlan(before.Steps[..prefix]).Slots.Count();
        return new PlanDiff(before, after, Collect(old, changed, slots));
    }

    /// <summary>One line a change; empty where the plans are equal.</summary>
    public ImmutableArray<string> Lines() =>
    [
        .. Moved("embedding", Before.EmbeddingSource, After.EmbeddingSource),
        .. Changes.Select(change => change.ToString()),
        .. Moved("adapter of embedding and head", Before.EndsAdapter ?? "none", After.EndsAdapter ?? "none"),
        .. Moved(After.TiedHead ? "final norm" : "head", Before.HeadSource, After.HeadSource),
    ];

    private static IEnumerable<string> Moved(string what, string before, string after) =>
        before == after ? [] : [$"{what}: `{before}` becomes `{after}`"];

    // Neighbouring pairs of one kind (left out, added, changed) make one change.
    private static ImmutableArray<PlanChange> Collect(ImmutableArray<PlanStep> before, ImmutableArray<PlanStep> after, int slots)
    {
        ImmutableArray<PlanChange>.Builder changes = ImmutableArray.CreateBuilder<PlanChange>();
        int beforeSlot = slots;
        int afterSlot = slots;
        foreach ((Kind kind, List<PlanStep> old, List<PlanStep> added) in Runs(Align(before, after)))
        {
            if (kind != Kind.Equal)
            {
                changes.Add(new PlanChange([.. old], beforeSlot, [.. added], afterSlot));
            }

            beforeSlot += new LayerPlan([.. old]).Slots.Count();
            afterSlot += new LayerPlan([.. added]).Slots.Count();
        }

        return changes.DrainToImmutable();
    }

    private static List<(Kind Kind, List<PlanStep> Before, List<PlanStep> After)> Runs(IEnumerable<(PlanStep? Before, PlanStep? After)> pairs)
    {
        List<(Kind Kind, List<PlanStep> Before, List<PlanStep> After)> runs = [];
        foreach ((PlanStep? before, PlanStep? after) in pairs)
        {
            Kind kind = before is null ? Kind.Added : after is null ? Kind.LeftOut : before.Equals(after) ? Kind.Equal : Kind.Changed;
            if (runs.Count == 0 || runs[^1].Kind != kind)
            {
                runs.Add((kind, [], []));
            }

            runs[^1].Before.AddRange(before is null ? [] : [before]);
            runs[^1].After.AddRange(after is null ? [] : [after]);
        }

        return runs;
    }

    // The alignment of most weight: steps that are equal count a little more than steps that play the same layer.
    private static List<(PlanStep? Before, PlanStep? After)> Align(ImmutableArray<PlanStep> before, ImmutableArray<PlanStep> after)
    {
        if ((long)(before.Length + 1) * (after.Length + 1) > MaxCells)
        {
            return [.. before.Select(step => ((PlanStep?)step, (PlanStep?)null)), .. after.Select(step => ((PlanStep?)null, (PlanStep?)step))];
        }

        int[,] best = new int[before.Length + 1, after.Length + 1]; // of before[i..] and after[j..]
        for (int i = before.Length - 1; i >= 0; i--)
        {
            for (int j = after.Length - 1; j >= 0; j--)
            {
                int apart = Math.Max(best[i + 1, j], best[i, j + 1]);
                int weight = Weight(before[i], after[j]);
                best[i, j] = weight == 0 ? apart : Math.Max(apart, weight + best[i + 1, j + 1]);
            }
        }

        return Walk(before, after, best);
    }

    private static List<(PlanStep? Before, PlanStep? After)> Walk(ImmutableArray<PlanStep> before, ImmutableArray<PlanStep> after, int[,] best)
    {
        List<(PlanStep? Before, PlanStep? After)> pairs = [];
        int i = 0;
        int j = 0;
        while (i < before.Length || j < after.Length)
        {
            int weight = i < before.Length && j < after.Length ? Weight(before[i], after[j]) : 0;
            if (weight > 0 && best[i, j] == weight + best[i + 1, j + 1])
            {
                pairs.Add((before[i++], after[j++]));
            }
            else if (i < before.Length && best[i, j] == best[i + 1, j])
            {
                pairs.Add((before[i++], null));
            }
            else
            {
                pairs.Add((null, after[j++]));
            }
        }

        return pairs;
    }

    private static int Weight(PlanStep before, PlanStep after) =>
        before.Equals(after) ? 3 : before is LayerSlot old && after is LayerSlot changed && old.Layer == changed.Layer ? 2 : 0;

    private enum Kind
    {
        Equal,
        Added,
        LeftOut,
        Changed,
    }
}
