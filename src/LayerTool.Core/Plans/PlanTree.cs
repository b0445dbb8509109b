using System.Collections.Immutable;

namespace LayerTool.Plans;

/// <summary>
/// Several plans as one tree: steps that the plans have in common from the beginning on stand in it once, so that a run of all of
/// them plays each shared beginning once.
/// </summary>
public sealed class PlanTree
{
    private PlanTree(ImmutableArray<LayerPlan> plans, ImmutableArray<Root> roots, int slotCount)
    {
        Plans = plans;
        Roots = roots;
        SlotCount = slotCount;
    }

    /// <summary>The plans, by their numbers.</summary>
    public ImmutableArray<LayerPlan> Plans { get; }

    /// <summary>One root for each embedding.</summary>
    public ImmutableArray<Root> Roots { get; }

    /// <summary>Slots that are played for all plans together. The slots of a tree are numbered through.</summary>
    public int SlotCount { get; }

    /// <summary>Slots that the plans would play one after another.</summary>
    public int SlotCountAlone => Plans.Sum(plan => plan.Slots.Count());

    /// <summary>Makes the tree.</summary>
    public static PlanTree Of(IReadOnlyList<LayerPlan> plans)
    {
        int slot = 0;
        ImmutableArray<Root> roots =
        [
            .. Enumerable.Range(0, plans.Count)
                .GroupBy(plan => (plans[plan].EmbeddingSource, plans[plan].EndsAdapter))
                .Select(group => new Root(group.Key.EmbeddingSource, group.Key.EndsAdapter, NodeAt(plans, [.. group], depth: 0, ref slot))),
        ];
        return new PlanTree([.. plans], roots, slot);
    }

    // Steps that all of these plans share from `depth` on, and behind them a child for each way to go on.
    private static Node NodeAt(IReadOnlyList<LayerPlan> plans, ImmutableArray<int> members, int depth, ref int slot)
    {
        ImmutableArray<PlanStep> first = plans[members[0]].Steps;
        int end = depth;
        while (members.All(member => end < plans[member].Steps.Length && plans[member].Steps[end].Equals(first[end])))
        {
            end++;
        }

        int firstSlot = slot;
        ImmutableArray<PlanStep> steps = first[depth..end];
        slot += new LayerPlan(steps).Slots.Count();
        List<Node> children = [];
        foreach (IGrouping<PlanStep, int> group in members.Where(member => plans[member].Steps.Length > end).GroupBy(member => plans[member].Steps[end]))
        {
            children.Add(NodeAt(plans, [.. group], end, ref slot));
        }

        return new Node(steps, firstSlot, [.. children], [.. members.Where(member => plans[member].Steps.Length == end)]);
    }

    /// <summary>Plans that begin with the same embedding.</summary>
    /// <param name="EmbeddingSource">Source of the embedding.</param>
    /// <param name="EndsAdapter">Adapter of the embedding, or null.</param>
    /// <param name="Node">What they play.</param>
    public sealed record Root(string EmbeddingSource, string? EndsAdapter, Node Node);

    /// <summary>Steps that some plans share.</summary>
    /// <param name="Steps">The steps; none where plans differ from the first step on.</param>
    /// <param name="FirstSlot">Number of the first slot, counted through the tree.</param>
    /// <param name="Children">How the plans go on.</param>
    /// <param name="Ending">Numbers of the plans that end here.</param>
    public sealed record Node(ImmutableArray<PlanStep> Steps, int FirstSlot, ImmutableArray<Node> Children, ImmutableArray<int> Ending);
}
