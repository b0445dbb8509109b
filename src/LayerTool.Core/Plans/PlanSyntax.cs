using System.Collections.Immutable;
using LayerTool.Faults;

namespace LayerTool.Plans;

/// <summary>
/// A plan's text, read but not yet played out. The slots are counted while reading, so a text that asks for too many is refused
/// before any is made.
/// </summary>
/// <param name="SlotCount">How many slots it plays.</param>
internal abstract record PlanSyntax(int SlotCount)
{
    /// <summary>The steps that the text stands for.</summary>
    public ImmutableArray<PlanStep> Expand()
    {
        List<PlanStep> steps = new(SlotCount);
        Expand(Modifiers.None, steps);
        return [.. steps];
    }

    /// <summary>Adds the steps under the modifiers of the groups around this one.</summary>
    protected abstract void Expand(Modifiers outer, List<PlanStep> into);

    /// <summary>What stands behind a group. A part is a gain of 0 for the other half.</summary>
    /// <param name="AttentionGain">Factor on attention's update.</param>
    /// <param name="MlpGain">Factor on the MLP's update.</param>
    /// <param name="Adapter">Name of the adapter, or null.</param>
    internal readonly record struct Modifiers(double AttentionGain, double MlpGain, string? Adapter)
    {
        public static readonly Modifiers None = new(1, 1, null);
    }

    /// <summary>N-M of a source.</summary>
    internal sealed record Range(string Source, int First, int Last, int SlotCount) : PlanSyntax(SlotCount)
    {
        protected override void Expand(Modifiers outer, List<PlanStep> into)
        {
            int direction = Last < First ? -1 : 1;
            for (int index = 0; index < SlotCount; index++)
            {
                into.Add(new LayerSlot(Source, First + (direction * index), outer.AttentionGain, outer.MlpGain, outer.Adapter));
            }
        }
    }

    /// <summary>Stages, one after another.</summary>
    internal sealed record Sequence(ImmutableArray<PlanSyntax> Stages, int SlotCount) : PlanSyntax(SlotCount)
    {
        protected override void Expand(Modifiers outer, List<PlanStep> into)
        {
            foreach (PlanSyntax stage in Stages)
            {
                stage.Expand(outer, into);
            }
        }
    }

    /// <summary>Members side by side.</summary>
    internal sealed record Parallel(ImmutableArray<PlanSyntax> Members, int SlotCount) : PlanSyntax(SlotCount)
    {
        protected override void Expand(Modifiers outer, List<PlanStep> into)
        {
            ImmutableArray<ImmutableArray<PlanStep>>.Builder members = ImmutableArray.CreateBuilder<ImmutableArray<PlanStep>>(Members.Length);
            foreach (PlanSyntax member in Members)
            {
                List<PlanStep> steps = new(member.SlotCount);
                member.Expand(outer, steps);
                members.Add([.. steps]);
            }

            into.Add(new ParallelGroup(members.MoveToImmutable()));
        }
    }

    /// <summary>A group with what stands behind it.</summary>
    /// <param name="Group">The range, or the stages in parentheses.</param>
    /// <param name="Own">Part, gain and adapter of the group itself.</param>
    /// <param name="Times">How often it is played.</param>
    /// <param name="Position">Where the item begins in the text, from 1.</param>
    /// <param name="SlotCount">Slots of the group, times <paramref name="Times"/>.</param>
    internal sealed record Item(PlanSyntax Group, Modifiers Own, int Times, int Position, int SlotCount) : PlanSyntax(SlotCount)
    {
        protected override void Expand(Modifiers outer, List<PlanStep> into)
        {
            int start = into.Count;
            Group.Expand(Combine(outer), into);
            int length = into.Count - start;
            for (int index = 0; index < length * (Times - 1); index++)
            {
                into.Add(into[start + index]); // the copies follow at once: index runs through them in turn
            }
        }

        private Modifiers Combine(Modifiers outer)
        {
            double attention = Product(Own.AttentionGain, outer.AttentionGain);
            double mlp = Product(Own.MlpGain, outer.MlpGain);
            return attention != 0 || mlp != 0
                ? new Modifiers(attention, mlp, Own.Adapter ?? outer.Adapter)
                : throw new LayerToolException(
                    $"plan, position {Position}: neither attention nor MLP is left of this group",
                    "leave the slot out instead");
        }

        private double Product(double inner, double outer)
        {
            double product = inner * outer;
            return double.IsFinite(product) && (product != 0 || inner == 0 || outer == 0)
                ? product
                : throw new LayerToolException(
                    $"plan, position {Position}: the gains of this group and of those around it multiply to more or less than a number can hold",
                    "write the factor that is meant on the slot itself");
        }
    }
}
