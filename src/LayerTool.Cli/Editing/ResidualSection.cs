using System.Collections.Immutable;
using System.Globalization;
using LayerTool.Cli.Output;
using LayerTool.Tying;

namespace LayerTool.Cli.Editing;

/// <summary>How much of each matrix sharing takes away, and how much the updates leave of that.</summary>
/// <param name="plan">How the layers are tied.</param>
/// <param name="matrices">What was found, depth by depth.</param>
internal sealed class ResidualSection(TiePlan plan, ImmutableArray<TiedMatrix> matrices) : ISection
{
    public object Json => new
    {
        RelativeNorm = Math.Sqrt(Part(matrices, matrix => matrix.Residual)),
        RelativeNormLeft = Math.Sqrt(Part(matrices, matrix => matrix.Left)),
        Matrices = matrices.Select(matrix => new { matrix.Depth, Name = matrix.Module, matrix.Energy, matrix.Residual, matrix.Left }),
    };

    public void WriteText(ReportWriter writer)
    {
        TiedTensor[] kinds = [.. plan.Matrices];
        writer.Line();
        writer.Table(
            ["matrix", Column.Number("shape"), Column.Number("rank"), Column.Number("taken"), Column.Number("given back"), Column.Number("left")],
            kinds.Select(kind => Row(kind.Module, $"{kind.Outputs} × {kind.Inputs}", kind.Rank.ToString(CultureInfo.InvariantCulture), [.. matrices.Where(matrix => matrix.Module == kind.Module)]))
                .Append(Row("all", "", "", matrices)));
        writer.Line();
        writer.Table(
            [Column.Number("left at depth"), Column.Number("shared"), .. kinds.Select(kind => Column.Number(kind.Module[(kind.Module.LastIndexOf('.') + 1)..])), Column.Number("all")],
            matrices.GroupBy(matrix => matrix.Depth).Select(depth => (IReadOnlyList<string>)
            [
                depth.Key.ToString(CultureInfo.InvariantCulture),
                plan.Map.SharedAt(depth.Key).ToString(CultureInfo.InvariantCulture),
                .. kinds.Select(kind => Percent(Part(depth.Where(matrix => matrix.Module == kind.Module), matrix => matrix.Left))),
                Percent(Part(depth, matrix => matrix.Left)),
            ]));
        writer.Line();
        writer.Line("taken: |W - W'|² of |W|²; left: |W - W' - B A|² of |W|²");
    }

    private static IReadOnlyList<string> Row(string name, string shape, string rank, ImmutableArray<TiedMatrix> of)
    {
        double taken = Part(of, matrix => matrix.Residual);
        double left = Part(of, matrix => matrix.Left);
        return [name, shape, rank, Percent(taken), taken > 0 ? Percent(1 - (left / taken)) : "", Percent(left)];
    }

    private static double Part(IEnumerable<TiedMatrix> of, Func<TiedMatrix, double> part)
    {
        double whole = of.Sum(matrix => matrix.Energy);
        return whole > 0 ? of.Sum(part) / whole : 0;
    }

    private static string Percent(double part) => string.Create(CultureInfo.InvariantCulture, $"{part * 100:0.0} %");
}
