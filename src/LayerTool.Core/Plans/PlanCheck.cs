using System.Collections.Immutable;
using System.Globalization;
using LayerTool.Faults;

namespace LayerTool.Plans;

/// <summary>Whether a plan can be played: by itself, and on the checkpoints that it takes layers from.</summary>
public static class PlanCheck
{
    /// <summary>Checks a plan against its sources. Whether their shapes go together is a question for the checkpoints.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="sources">What each source offers, by name.</param>
    /// <param name="adapters">Names of the adapters that slots may carry; none where absent.</param>
    /// <exception cref="LayerToolException">The first fault: the slot, the source, what it asks for, what there is.</exception>
    public static void Check(LayerPlan plan, IReadOnlyDictionary<string, SourceLayers> sources, IReadOnlyCollection<string>? adapters = null)
    {
        ArgumentNullException.ThrowIfNull(sources);
        CheckShape(plan);
        CheckNames(plan, sources.Keys, adapters ?? []);
        int position = 0;
        foreach (LayerSlot slot in plan.Slots)
        {
            CheckLayer(slot, position, sources[slot.Source]);
            position++;
        }
    }

    /// <summary>Checks what a value must be whatever it is played on: groups of two or more, gains, names, size.</summary>
    internal static void CheckShape(LayerPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        int position = 0;
        CheckSteps(plan.Steps, ref position, parallelDepth: 0);
        CheckName(plan.EmbeddingSource, "the embedding's source");
        CheckName(plan.HeadSource, "the head's source");
        if (plan.EndsAdapter is not null)
        {
            CheckName(plan.EndsAdapter, "the adapter of embedding and head");
        }
    }

    /// <summary>Checks that every source and adapter that a plan names is known.</summary>
    internal static void CheckNames(LayerPlan plan, IEnumerable<string> sources, IEnumerable<string> adapters)
    {
        HashSet<string> knownSources = [.. sources];
        HashSet<string> knownAdapters = [.. adapters];
        CheckKnown(plan.EmbeddingSource, knownSources, "the embedding", "source");
        CheckKnown(plan.HeadSource, knownSources, "the head", "source");
        if (plan.EndsAdapter is not null)
        {
            CheckKnown(plan.EndsAdapter, knownAdapters, "embedding and head", "adapter");
        }

        int position = 0;
        foreach (LayerSlot slot in plan.Slots)
        {
            CheckKnown(slot.Source, knownSources, Where(slot, position), "source");
            if (slot.Adapter is not null)
            {
                CheckKnown(slot.Adapter, knownAdapters, Where(slot, position), "adapter");
            }

            position++;
        }
    }

    private static void CheckSteps(ImmutableArray<PlanStep> steps, ref int position, int parallelDepth)
    {
        foreach (PlanStep step in steps)
        {
            if (step is ParallelGroup group)
            {
                CheckGroup(group, ref position, parallelDepth + 1);
                continue;
            }

            CheckSlot((LayerSlot)step, position);
            position++;
            if (position > PlanLimits.MaxSlots)
            {
                throw new LayerToolException(Invariant($"the plan has more than {PlanLimits.MaxSlots:N0} slots"), "play fewer layers, or repeat them less often");
            }
        }
    }

    private static void CheckGroup(ParallelGroup group, ref int position, int parallelDepth)
    {
        if (parallelDepth > PlanLimits.MaxParallelDepth)
        {
            throw new LayerToolException(Invariant($"the parallel groups at slot {position} are nested more than {PlanLimits.MaxParallelDepth} deep"), "put the members side by side in one `[ ]`");
        }

        if (group.Members.Length < 2)
        {
            throw new LayerToolException(
                Invariant($"the parallel group at slot {position} has {group.Members.Length} member(s), it needs two or more"),
                "a group of one is that member, played alone");
        }

        foreach (ImmutableArray<PlanStep> member in group.Members)
        {
            if (member.IsEmpty)
            {
                throw new LayerToolException(
                    Invariant($"the parallel group at slot {position} has a member without slots"),
                    "leave the member out: it adds nothing");
            }

            CheckSteps(member, ref position, parallelDepth);
        }
    }

    private static void CheckSlot(LayerSlot slot, int position)
    {
        CheckName(slot.Source, Invariant($"the source of slot {position}"));
        if (slot.Adapter is not null)
        {
            CheckName(slot.Adapter, Invariant($"the adapter of slot {position}"));
        }

        if (slot.Layer < 0)
        {
            throw new LayerToolException(Invariant($"slot {position} plays layer {slot.Layer}, layers count from 0"), "name a layer of 0 or above");
        }

        if (!double.IsFinite(slot.AttentionGain) || !double.IsFinite(slot.MlpGain) || slot.AttentionGain < 0 || slot.MlpGain < 0)
        {
            throw new LayerToolException(
                Invariant($"slot {position} has the gains {slot.AttentionGain} and {slot.MlpGain}"),
                "gains are finite and not negative");
        }

        if (!slot.HasAttention && !slot.HasMlp)
        {
            throw new LayerToolException(Invariant($"slot {position} plays neither attention nor MLP"), "leave the slot out instead");
        }
    }

    private static void CheckLayer(LayerSlot slot, int position, SourceLayers source)
    {
        if (slot.Layer >= source.Count)
        {
            string range = source.Count == 0 ? "no layers" : Invariant($"the layers 0 to {source.Count - 1}");
            throw new LayerToolException($"{Where(slot, position)}: the source `{slot.Source}` has {range}", "`layertool inspect MODEL` lists the layers of a source");
        }

        // A layer stored with neither half plays nothing and is no fault: its checkpoint wants it so.
        LayerHalves stored = source.Halves[slot.Layer];
        LayerHalves played = (slot.HasAttention ? LayerHalves.Attention : LayerHalves.None) | (slot.HasMlp ? LayerHalves.Mlp : LayerHalves.None);
        if (stored != LayerHalves.None && (stored & played) == LayerHalves.None)
        {
            string half = slot.HasAttention ? "attention" : "MLP";
            throw new LayerToolException(
                $"{Where(slot, position)} plays the {half} alone, which `{slot.Source}` does not store for this layer",
                "leave the slot out instead");
        }
    }

    private static void CheckName(string name, string what)
    {
        if (!PlanLimits.IsName(name))
        {
            throw new LayerToolException(
                $"{what} is `{(name.Length > PlanLimits.MaxNameLength ? name[..PlanLimits.MaxNameLength] + "…" : name)}`, which is no name",
                "a name is letters, digits, `_` and `-`, begins with a letter or `_`, and is not longer than 64 characters");
        }
    }

    private static void CheckKnown(string name, HashSet<string> known, string where, string kind)
    {
        if (!known.Contains(name))
        {
            string all = known.Count == 0 ? $"there are no {kind}s" : $"known {kind}s: {string.Join(", ", known.Order(StringComparer.Ordinal).Select(one => $"`{one}`"))}";
            string more = kind == "source"
                ? $"; `edit` takes another with `--source {name}=FOLDER`, a plan file lists it under `sources`"
                : $"; give it with `--adapter {name}=FOLDER`, a plan file lists it under `adapters`";
            throw new LayerToolException($"{where}: the {kind} `{name}` is not known", all + more);
        }
    }

    private static string Where(LayerSlot slot, int position) => Invariant($"slot {position}, `{PlanNotation.Print([slot])}`");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
