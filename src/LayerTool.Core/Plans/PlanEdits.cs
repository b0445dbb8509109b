using System.Collections.Immutable;
using System.Globalization;
using LayerTool.Faults;

namespace LayerTool.Plans;

/// <summary>
/// Edits that turn one layer plan into another. They open no file and touch no tensor, so each is cheap and is undone by keeping
/// the old plan.
/// </summary>
/// <remarks>
/// Layers are named by their index in <see cref="LayerPlan.Main"/>, whatever was edited before: an edit acts on every slot that
/// plays a layer named, also inside parallel groups, and naming a layer that the plan does not play is a fault. Only
/// <see cref="DropSlotHalves"/> counts places in the plan instead.
/// </remarks>
public static class PlanEdits
{
    /// <summary>Leaves layers out. A member of a parallel group that loses its last slot adds nothing any more, so it goes too.</summary>
    /// <param name="plan">The plan before.</param>
    /// <param name="layers">Layers of <see cref="LayerPlan.Main"/>.</param>
    /// <exception cref="LayerToolException">The plan does not play one of the layers.</exception>
    public static LayerPlan Skip(this LayerPlan plan, IReadOnlyCollection<int> layers)
    {
        LayerSet named = new(plan, layers);
        return plan.MapSlots((slot, _) => named.Has(slot) ? null : slot);
    }

    /// <summary>
    /// Plays each contiguous run of the layers named <paramref name="times"/> times in all: neighbouring slots whose layers follow
    /// one another, up or down. The copies name the same layers: they cost time and KV cache, never weights.
    /// </summary>
    /// <param name="plan">The plan before.</param>
    /// <param name="layers">Layers of <see cref="LayerPlan.Main"/>.</param>
    /// <param name="times">How often, from 1.</param>
    /// <exception cref="LayerToolException">The plan does not play one of the layers, or would have more than 65,536 slots.</exception>
    public static LayerPlan Repeat(this LayerPlan plan, IReadOnlyCollection<int> layers, int times)
    {
        LayerSet named = new(plan, layers);
        if (times < 1)
        {
            throw new LayerToolException(
                string.Create(CultureInfo.InvariantCulture, $"layers cannot be played {times} times"),
                "to leave layers out, use `skip`");
        }

        long slots = plan.Slots.Sum(slot => named.Has(slot) ? (long)times : 1);
        return slots <= PlanLimits.MaxSlots
            ? plan with { Steps = RepeatRuns(plan.Steps, named, times) }
            : throw new LayerToolException(
                string.Create(CultureInfo.InvariantCulture, $"playing these layers {times} times makes {slots:N0} slots, a plan has at most {PlanLimits.MaxSlots:N0}"), "play fewer layers, or repeat them less often");
    }

    /// <summary>Takes layers from another source, each from the same index; gains and adapters stay.</summary>
    /// <param name="plan">The plan before.</param>
    /// <param name="layers">Layers of <see cref="LayerPlan.Main"/>.</param>
    /// <param name="source">Name of the source.</param>
    /// <exception cref="LayerToolException">The plan does not play one of the layers, or the source is no name.</exception>
    public static LayerPlan Restore(this LayerPlan plan, IReadOnlyCollection<int> layers, string source)
    {
        LayerSet named = new(plan, layers);
        CheckName(source);
        return plan.MapSlots((slot, _) => named.Has(slot) ? slot with { Source = source } : slot);
    }

    /// <summary>Gives every slot of <see cref="LayerPlan.Main"/> that carries no adapter this one.</summary>
    /// <param name="plan">The plan before.</param>
    /// <param name="adapter">Name of the adapter.</param>
    public static LayerPlan Adapt(this LayerPlan plan, string adapter) =>
        plan.MapSlots((slot, _) => slot is { Source: LayerPlan.Main, Adapter: null } ? slot with { Adapter = adapter } : slot);

    /// <summary>Turns attention off. A slot that has no MLP either is left out.</summary>
    /// <param name="plan">The plan before.</param>
    /// <param name="layers">Layers of <see cref="LayerPlan.Main"/>.</param>
    /// <exception cref="LayerToolException">The plan does not play the attention of one of the layers.</exception>
    public static LayerPlan DropAttention(this LayerPlan plan, IReadOnlyCollection<int> layers)
    {
        LayerSet named = new(plan, layers, slot => slot.HasAttention, "attention of ");
        return plan.MapSlots((slot, _) => named.Has(slot) ? WithGains(slot, 0, slot.MlpGain) : slot);
    }

    /// <summary>Turns MLPs off. A slot that has no attention either is left out.</summary>
    /// <param name="plan">The plan before.</param>
    /// <param name="layers">Layers of <see cref="LayerPlan.Main"/>.</param>
    /// <exception cref="LayerToolException">The plan does not play the MLP of one of the layers.</exception>
    public static LayerPlan DropMlp(this LayerPlan plan, IReadOnlyCollection<int> layers)
    {
        LayerSet named = new(plan, layers, slot => slot.HasMlp, "MLP of ");
        return plan.MapSlots((slot, _) => named.Has(slot) ? WithGains(slot, slot.AttentionGain, 0) : slot);
    }

    /// <summary>Turns halves of single slots off. A slot that keeps neither half is left out.</summary>
    /// <param name="plan">The plan before.</param>
    /// <param name="attention">Positions in <see cref="LayerPlan.Slots"/> that lose their attention.</param>
    /// <param name="mlp">Positions that lose their MLP.</param>
    public static LayerPlan DropSlotHalves(this LayerPlan plan, IReadOnlyCollection<int> attention, IReadOnlyCollection<int> mlp) =>
        plan.MapSlots((slot, position) => attention.Contains(position) || mlp.Contains(position)
            ? WithGains(slot, attention.Contains(position) ? 0 : slot.AttentionGain, mlp.Contains(position) ? 0 : slot.MlpGain)
            : slot);

    private static LayerSlot? WithGains(LayerSlot slot, double attention, double mlp)
    {
        if (!double.IsFinite(attention) || !double.IsFinite(mlp) || attention < 0 || mlp < 0)
        {
            throw new LayerToolException(
                string.Create(CultureInfo.InvariantCulture, $"layer {slot.Layer} cannot have the gains {attention} and {mlp}"),
                "gains are finite and not negative");
        }

        return attention == 0 && mlp == 0 ? null : slot with { AttentionGain = attention, MlpGain = mlp };
    }

    private static void CheckName(string source)
    {
        if (!PlanLimits.IsName(source))
        {
            throw new LayerToolException(
                $"`{source}` is no name for a source",
                "a name is letters, digits, `_` and `-`, and begins with a letter or `_`");
        }
    }

    private static ImmutableArray<PlanStep> RepeatRuns(ImmutableArray<PlanStep> steps, LayerSet named, int times)
    {
        ImmutableArray<PlanStep>.Builder result = ImmutableArray.CreateBuilder<PlanStep>();
        int start = 0;
        while (start < steps.Length)
        {
            if (steps[start] is ParallelGroup group)
            {
                result.Add(new ParallelGroup([.. group.Members.Select(member => RepeatRuns(member, named, times))]));
                start++;
                continue;
            }

            int length = RunLength(steps.AsSpan()[start..], named);
            for (int pass = 0; pass < (length > 0 ? times : 1); pass++)
            {
                result.AddRange(steps.AsSpan().Slice(start, Math.Max(1, length)));
            }

            start += Math.Max(1, length);
        }

        return result.DrainToImmutable();
    }

    // How many steps from the first one on play named layers, one following the other in one direction.
    private static int RunLength(ReadOnlySpan<PlanStep> steps, LayerSet named)
    {
        int length = 0;
        int direction = 0;
        while (length < steps.Length && steps[length] is LayerSlot slot && named.Has(slot))
        {
            int move = length == 0 ? 0 : slot.Layer - ((LayerSlot)steps[length - 1]).Layer;
            if (length > 0 && (move is not (1 or -1) || (direction != 0 && move != direction)))
            {
                break;
            }

            direction = move;
            length++;
        }

        return length;
    }

    private static LayerPlan MapSlots(this LayerPlan plan, Func<LayerSlot, int, LayerSlot?> map)
    {
        int position = 0;
        return plan with { Steps = MapSteps(plan.Steps, slot => map(slot, position++)) };
    }

    // A group of one member is that member, a group of none nothing: y = x + Σ (member(x) − x).
    private static ImmutableArray<PlanStep> MapSteps(ImmutableArray<PlanStep> steps, Func<LayerSlot, LayerSlot?> map)
    {
        ImmutableArray<PlanStep>.Builder result = ImmutableArray.CreateBuilder<PlanStep>(steps.Length);
        foreach (PlanStep step in steps)
        {
            if (step is ParallelGroup group)
            {
                ImmutableArray<ImmutableArray<PlanStep>> members =
                    [.. group.Members.Select(member => MapSteps(member, map)).Where(member => !member.IsEmpty)];
                if (members.Length > 1)
                {
                    result.Add(new ParallelGroup(members));
                }
                else
                {
                    result.AddRange(members.SelectMany(member => member));
                }
            }
            else if (map((LayerSlot)step) is LayerSlot slot)
            {
                result.Add(slot);
            }
        }

        return result.DrainToImmutable();
    }

    /// <summary>Layers that an edit names, every one of them played by the plan.</summary>
    private sealed class LayerSet
    {
        private readonly HashSet<int> _layers;
        private readonly Func<LayerSlot, bool> _applies;

        /// <param name="plan">The plan that is edited.</param>
        /// <param name="layers">Layers named.</param>
        /// <param name="applies">What a slot needs besides, such as attention that can be dropped.</param>
        /// <param name="half">That need, for messages: <c>attention of</c>.</param>
        public LayerSet(LayerPlan plan, IReadOnlyCollection<int> layers, Func<LayerSlot, bool>? applies = null, string half = "")
        {
            ArgumentNullException.ThrowIfNull(plan);
            ArgumentNullException.ThrowIfNull(layers);
            _layers = [.. layers];
            _applies = applies ?? (_ => true);
            SortedSet<int> played = [.. plan.Slots.Where(slot => slot.Source == LayerPlan.Main && _applies(slot)).Select(slot => slot.Layer)];
            int? missing = layers.Cast<int?>().FirstOrDefault(layer => !played.Contains(layer!.Value));
            if (missing is not null)
            {
                throw new LayerToolException(
                    string.Create(CultureInfo.InvariantCulture, $"the plan does not play the {half}layer {missing} of `{LayerPlan.Main}`"),
                    $"it plays the {half}layers {LayerList.Print(played)}");
            }
        }

        public bool Has(LayerSlot slot) => slot.Source == LayerPlan.Main && _layers.Contains(slot.Layer) && _applies(slot);
    }
}
