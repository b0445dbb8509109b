using System.Collections.Immutable;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Plans;

namespace LayerTool.Adapters;

/// <summary>Puts an adapter into a plan.</summary>
public static class AdapterPlacement
{
    /// <summary>
    /// Adds an adapter to a set, and gives it to the slots of a plan: to those that name it where any do, else to all slots of the
    /// main checkpoint that carry none. An adapter that plays layers more than once is a plan of its own, in the place of a plan
    /// that plays the checkpoint's layers as they are.
    /// </summary>
    /// <param name="adapters">The adapters of the plan.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="name">Name of the adapter.</param>
    /// <param name="folder">The adapter.</param>
    /// <param name="main">The main checkpoint.</param>
    /// <returns>The plan with the adapter in it.</returns>
    /// <exception cref="LayerToolException">The name is taken, the adapter does not fit the checkpoint, or there is no place for it in the plan.</exception>
    public static LayerPlan Place(this AdapterSet adapters, LayerPlan plan, string name, PeftFolder folder, Checkpoint main)
    {
        ArgumentNullException.ThrowIfNull(adapters);
        ArgumentNullException.ThrowIfNull(plan);
        string[] names = [.. Enumerable.Range(0, folder.RangeCount).Select(range => NameOf(name, range))];
        for (int range = 0; range < names.Length; range++)
        {
            adapters.Add(names[range], folder, range);
        }

        bool isNamed = plan.EndsAdapter == name || plan.Slots.Any(slot => names.Contains(slot.Adapter));
        LayerPlan placed = isNamed ? plan : folder.Config.Replication.IsEmpty ? plan.Adapt(name) : Replicated(plan, names, folder, main);
        bool changesEnds = adapters.Bind(name, main).ChangesEnds;
        placed = changesEnds && placed.EndsAdapter is null ? placed with { EndsAdapter = name } : placed;
        return isNamed || placed.EndsAdapter == name || placed.Slots.Any(slot => names.Contains(slot.Adapter))
            ? placed
            : throw new LayerToolException(
                $"the plan has no slot of `{LayerPlan.Main}` for the adapter `{name}`: each carries another",
                $"name it where it belongs, as in `0-3+{name}`");
    }

    private static LayerPlan Replicated(LayerPlan plan, string[] names, PeftFolder folder, Checkpoint main)
    {
        if (!plan.Steps.SequenceEqual(LayerPlan.Identity(main.Config.LayerCount).Steps))
        {
            throw new LayerToolException(
                $"{folder.Config.File}: `layer_replication` is a plan of its own, and the model's plan `{PlanNotation.Print(plan)}` is another",
                $"write both as one plan, with `+{string.Join("`, `+", names)}` for its ranges");
        }

        ImmutableArray<PlanStep>.Builder steps = ImmutableArray.CreateBuilder<PlanStep>();
        foreach ((string name, (int first, int end)) in names.Zip(folder.Config.Replication))
        {
            steps.AddRange(Enumerable.Range(first, end - first).Select(layer => new LayerSlot(LayerPlan.Main, layer, Adapter: name)));
        }

        return plan with { Steps = steps.DrainToImmutable() };
    }

    private static string NameOf(string name, int range) => range == 0 ? name : FormattableString.Invariant($"{name}_{range + 1}");
}
