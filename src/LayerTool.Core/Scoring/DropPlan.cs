using LayerTool.Plans;

namespace LayerTool.Scoring;

/// <summary>From scored units to a plan without them.</summary>
public static class DropPlan
{
    /// <summary>The plan without these units; a slot that loses both halves goes as a whole.</summary>
    /// <param name="plan">The plan that was scored.</param>
    /// <param name="units">Units of its scores.</param>
    public static LayerPlan Drop(this LayerPlan plan, IEnumerable<DropUnit> units)
    {
        HashSet<int> attention = [];
        HashSet<int> mlp = [];
        foreach (DropUnit unit in units)
        {
            if (unit.Kind is DropKind.Attention or DropKind.Block)
            {
                attention.Add(unit.Layer);
            }

            if (unit.Kind is DropKind.Mlp or DropKind.Block)
            {
                mlp.Add(unit.Layer);
            }
        }

        return plan.DropSlotHalves(attention, mlp);
    }
}
