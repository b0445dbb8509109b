using System.Collections.Immutable;
using System.Globalization;

namespace LayerTool.Plans;

/// <summary>Neighbouring steps that two plans do not share.</summary>
/// <param name="Before">Steps of the first plan; empty where steps were added.</param>
/// <param name="BeforeSlot">Position of their first slot, or of the slot that the added ones precede.</param>
/// <param name="After">Steps of the second plan; empty where steps were left out.</param>
/// <param name="AfterSlot">Position of their first slot, or of the slot that stands where they stood.</param>
public sealed record PlanChange(ImmutableArray<PlanStep> Before, int BeforeSlot, ImmutableArray<PlanStep> After, int AfterSlot)
{
    /// <summary>The change in one line, such as <c>slot 20: `20` becomes `20.mlp`</c>.</summary>
    public override string ToString()
    {
        if (Before.IsEmpty)
        {
            string place = BeforeSlot == 0 ? "at the start" : string.Create(CultureInfo.InvariantCulture, $"after slot {BeforeSlot - 1}");
            return $"{place}: added `{PlanNotation.Print(After)}`";
        }

        int last = BeforeSlot + new LayerPlan(Before).Slots.Count() - 1;
        string where = last == BeforeSlot
            ? string.Create(CultureInfo.InvariantCulture, $"slot {BeforeSlot}")
            : string.Create(CultureInfo.InvariantCulture, $"slots {BeforeSlot}-{last}");
        return After.IsEmpty
            ? $"{where}: left out `{PlanNotation.Print(Before)}`"
            : $"{where}: `{PlanNotation.Print(Before)}` becomes `{PlanNotation.Print(After)}`";
    }
}
