using System.Collections.Immutable;
using System.Globalization;
using LayerTool.Plans;
using LayerTool.Saving;

namespace LayerTool.Tying;

/// <summary>
/// The layertool.json of a tied checkpoint: a plan over the checkpoint itself, which plays it with its adapters, and what it was
/// made of.
/// </summary>
internal static class TiedRecord
{
    private const string Adapter = "depths";

    /// <summary>The adapters of a form, by folder.</summary>
    public static ImmutableSortedDictionary<string, PeftOutput> Adapters(TiePlan plan, TieLayout layout)
    {
        ImmutableSortedDictionary<string, PeftOutput> none = ImmutableSortedDictionary.Create<string, PeftOutput>(StringComparer.Ordinal);
        TieMap map = plan.Map;
        return layout switch
        {
            TieLayout.Unrolled when plan.HasAdapters => none.Add(TiedExtras.AdapterFolder, new PeftOutput(plan, [.. Enumerable.Range(0, map.Depths)], withNorms: false)),
            TieLayout.Compact when LoopsDiffer(plan) => none.AddRange(Enumerable.Range(0, map.Loops).Select(loop => KeyValuePair.Create(
                FolderOf(LoopName(loop)), new PeftOutput(plan, [.. Enumerable.Range(0, map.SharedCount).Select(shared => map.DepthsOf(shared)[loop])], withNorms: true)))),
            _ => none,
        };
    }

    /// <summary>The plan file.</summary>
    /// <param name="plan">How the layers are tied.</param>
    /// <param name="layout">In which form they are written.</param>
    /// <param name="record">Sources, commands and settings that led to it; null where nothing is known of them.</param>
    public static PlanFile Of(TiePlan plan, TieLayout layout, PlanFile? record)
    {
        record ??= new PlanFile(plan.Plan);
        return record with
        {
            Plan = Played(plan, layout),
            Format = layout == TieLayout.Compact ? Provenance.TiedFormat : plan.Unrolled.FormatName,
            Sources = [new PlanSource(LayerPlan.Main, ".", plan.Sources.Main.ModelType)],
            Adapters = Names(plan, layout),
            Tie = Told(plan, layout, record),
        };
    }

    /// <summary>Whether a loop is more than the shared layers: it has updates, or norms of its own.</summary>
    private static bool LoopsDiffer(TiePlan plan) => plan.HasAdapters || plan.DepthTensors.Any();

    private static LayerPlan Played(TiePlan plan, TieLayout layout)
    {
        TieMap map = plan.Map;
        return layout switch
        {
            TieLayout.Compact => new LayerPlan(
            [
                .. Enumerable.Range(0, map.Depths).Select(depth => new LayerSlot(LayerPlan.Main, map.SharedAt(depth), Adapter: LoopsDiffer(plan) ? LoopName(map.LoopAt(depth)) : null)),
            ]),
            TieLayout.Unrolled when plan.HasAdapters => LayerPlan.Identity(map.Depths).Adapt(Adapter),
            _ => LayerPlan.Identity(map.Depths),
        };
    }

    private static ImmutableSortedDictionary<string, PlanAdapter> Names(TiePlan plan, TieLayout layout) =>
        Played(plan, layout).Slots.Select(slot => slot.Adapter).OfType<string>().Distinct().ToImmutableSortedDictionary(
            name => name,
            name => new PlanAdapter(name == Adapter ? TiedExtras.AdapterFolder : FolderOf(name)),
            StringComparer.Ordinal);

    private static string LoopName(int loop) => string.Create(CultureInfo.InvariantCulture, $"loop{loop}");

    private static string FolderOf(string loop) => "adapter_" + loop;

    private static ImmutableSortedDictionary<string, string> Told(TiePlan plan, TieLayout layout, PlanFile record)
    {
        TieSettings settings = plan.Settings;
        ImmutableSortedDictionary<string, string>.Builder told = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        told["method"] = "recursive";
        told["layout"] = TieLayouts.NameOf(layout);
        told["layers"] = Number(plan.Map.Depths);
        told["loops"] = Number(plan.Map.Loops);
        told["shared layers"] = Number(plan.Map.SharedCount);
        told["share"] = settings.Share.ToString().ToLowerInvariant();
        told["init"] = settings.Init.ToString().ToLowerInvariant();
        told["norms"] = settings.Norms == TieNorms.PerDepth ? "per-depth" : settings.Norms.ToString().ToLowerInvariant();
        told["lora rank"] = settings.Rank == TieSettings.FullRank ? "full" : Number(settings.Rank);
        told["lora init"] = settings.LoraInit.ToString().ToLowerInvariant();
        told["plan"] = PlanNotation.Print(plan.Plan);
        foreach (TiedTensor matrix in plan.Matrices)
        {
            told[$"rank of {matrix.Module}"] = Number(matrix.Rank);
        }

        foreach (PlanSource source in record.Sources)
        {
            told[$"source {source.Name}"] = source.Path;
            if (source.Hash is string hash)
            {
                told[$"hash of {source.Name}"] = hash;
            }
        }

        return told.ToImmutable();
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
