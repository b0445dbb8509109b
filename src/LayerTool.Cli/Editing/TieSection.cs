using System.Globalization;
using LayerTool.Cli.Output;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Tying;

namespace LayerTool.Cli.Editing;

/// <summary>Which layers share, and what that saves.</summary>
/// <param name="model">The model as it was named.</param>
/// <param name="plan">How its layers are tied.</param>
/// <param name="layout">In which form it would be written.</param>
internal sealed class TieSection(string model, TiePlan plan, TieLayout layout) : ISection
{
    private static readonly string[] NormWords = ["per-depth", "tie", "fold"];

    public object Json => new
    {
        Model = model,
        Plan = PlanNotation.Print(plan.Plan),
        Layers = plan.Map.Depths,
        plan.Map.Loops,
        SharedLayers = plan.Map.SharedCount,
        Share = Word(plan.Settings.Share),
        Init = Word(plan.Settings.Init),
        Norms = NormWords[(int)plan.Settings.Norms],
        LoraRank = plan.Settings.Rank == TieSettings.FullRank ? (int?)null : plan.Settings.Rank,
        LoraInit = Word(plan.Settings.LoraInit),
        Layout = TieLayouts.NameOf(layout),
        Map = plan.Map.SharedByDepth,
        Sources = Enumerable.Range(0, plan.Map.SharedCount).Select(shared => plan.Map.SourcesOf(shared)),
        Matrices = plan.Matrices.Select(matrix => new { Name = matrix.Module, matrix.Outputs, matrix.Inputs, matrix.Rank }),
        Cost = plan.Cost,
        Written = plan.Cost.Written(layout),
    };

    public void WriteText(ReportWriter writer)
    {
        TieSettings settings = plan.Settings;
        TieMap map = plan.Map;
        string updates = plan.Matrices.All(matrix => matrix.Rank == 0) ? "none"
            : $"rank {(settings.Rank == TieSettings.FullRank ? "full" : settings.Rank.ToString(CultureInfo.InvariantCulture))}, {Word(settings.LoraInit)}";
        writer.Pairs(
        [
            ("model", model),
            ("plan", PlanNotation.Print(plan.Plan)),
            ("tied", $"{Counted.Of(map.Depths, "layer")} = {Counted.Of(map.Loops, "loop")} of {Counted.Of(map.SharedCount, "shared layer")}, {Word(settings.Share)}, {Word(settings.Init)}"),
            ("updates", updates),
            ("norms", NormWords[(int)settings.Norms]),
        ]);
        writer.Line();
        writer.Table(
            [Column.Number("shared layer"), "made of", "played at depths"],
            Enumerable.Range(0, map.SharedCount).Select(shared => (IReadOnlyList<string>)[Number(shared), Origin(map, shared), string.Join(", ", map.DepthsOf(shared))]));
        writer.Line();
        TieCost cost = plan.Cost;
        writer.Table(
            ["", Column.Number("parameters"), Column.Number("bytes"), Column.Number("change")],
            [
                Row("model before", cost.Before),
                Row("  shared layers", cost.SharedLayers),
                Row("  updates", cost.Adapters),
                Row("  norms of further depths", cost.DepthNorms),
                Row("  outside the layers", cost.OutsideLayers),
                [.. Row("tied model", cost.After)[..3], Quantity.Change(((double)cost.After.Bytes / cost.Before.Bytes) - 1)],
                [.. Row($"written as {TieLayouts.NameOf(layout)}", cost.Written(layout))[..3], Quantity.Change(((double)cost.Written(layout).Bytes / cost.Before.Bytes) - 1)],
            ]);
    }

    private static string[] Row(string name, TieSize size) => [name, Quantity.Count(size.Parameters), Quantity.Bytes(size.Bytes), ""];

    private static string Origin(TieMap map, int shared) =>
        map.SourcesOf(shared) is [int one] ? $"layer {Number(one)}" : $"mean of layers {string.Join(", ", map.SourcesOf(shared))}";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Word<T>(T choice)
        where T : struct, Enum => choice.ToString().ToLowerInvariant();
}
