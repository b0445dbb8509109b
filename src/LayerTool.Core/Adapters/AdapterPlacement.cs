using System.Collections.Immutable;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Plans;

namespace LayerTool.Adapters;

/// <summary>Puts an adapter into a plan.</summary>
public static class AdapterPlacement
{
    /// <summary>Adds an adapter with all its runs of layers: the second is named <c>name_2</c>, and so on.</summary>
    /// <exception cref="LayerToolException">A name is taken.</exception>
    public static void AddWhole(this AdapterSet adapters, string name, PeftFolder folder)
    {
        ArgumentNullException.ThrowIfNull(adapters);
        ArgumentNullException.ThrowIfNull(folder);
        for (int range = 0; range < folder.RangeCount; range++)
        {
            adapters.Add(NameOf(name, range), folder, range);
        }
    }

    /// <summary>
    /// Gives an adapter to the slots of a plan: to those that name it where any do, else to all slots of the main checkpoint that
    /// carry none. An adapter that plays layers more than once is a plan of its own, in the place of a plan that plays the
    /// checkpoint's layers as they are.
    /// </summary>
    /// <param name="adapters">The adapters of the plan, this one among them.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="name">Name of the adapter.</param>
    /// <param name="main">The main checkpoint.</param>
    /// <returns>The plan with the adapter in it.</returns>
    /// <exception cref="LayerToolException">The adapter does not fit the checkpoint, or there is no place for it in the plan.</exception>
    public static LayerPlan Place(this AdapterSet adapters, LayerPlan plan, string name, Checkpoint main)
    {
        ArgumentNullException.ThrowIfNull(adapters);
        ArgumentNullException.ThrowIfNull(plan);
        bool changesEnds = adapters.Bind(name, main).ChangesEnds;
        PeftFolder folder = adapters.Find(name)!.Value.Folder;
        string[] names = [.. Enumerable.Range(0, folder.RangeCount).Select(range => NameOf(name, range))];
        bool isNamed = plan.EndsAdapter == name || plan.Slots.Any(slot => names.Contains(slot.Adapter));
        LayerPlan placed = isNamed ? plan : folder.Config.Replication.IsEmpty ? plan.Adapt(name) : Replicated(plan, names, folder, main);
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
