using System.Globalization;
using LayerTool.Cli.Output;
using LayerTool.Scoring;

namespace LayerTool.Cli.Measuring;

/// <summary>The loss after each drop, as a table with a bar a row, and why dropping stopped.</summary>
internal sealed class CurveSection(DropCurve curve) : ISection
{
    private const int BarWidth = 32;

    public object Json { get; } = new
    {
        curve.Limit,
        Points = curve.Points.Select(point => new { point.Count, point.Unit?.Kind, point.Unit?.Layer, point.Loss, point.Increase, Kept = point.IsKept }).ToArray(),
        curve.StopReason,
    };

    public void WriteText(ReportWriter writer)
    {
        // The bars reach from the lowest loss to the highest, or to the limit where that lies above.
        double span = Math.Max(curve.Limit, curve.Points.Select(point => point.Increase).Where(double.IsFinite).Max());
        double lowest = Math.Min(0, curve.Points.Select(point => point.Increase).Where(double.IsFinite).Min());
        writer.Table(
            [Column.Number("dropped"), "last one", Column.Number("loss"), Column.Number("change"), "", ""],
            curve.Points.Select(point => (IReadOnlyList<string>)
            [
                point.Count.ToString(CultureInfo.InvariantCulture),
                point.Unit?.ToString() ?? "",
                point.Loss.ToString("0.0000", CultureInfo.InvariantCulture),
                point.Count == 0 ? "" : point.Increase.ToString("+0.00 %;-0.00 %", CultureInfo.InvariantCulture),
                Bar(point.Increase, lowest, span),
                point.IsKept ? "" : "beyond the limit",
            ]));
        writer.Line();
        writer.Line(curve.StopReason);
        writer.Line();
    }

    private static string Bar(double increase, double lowest, double highest)
    {
        double part = double.IsFinite(increase) && highest > lowest ? (increase - lowest) / (highest - lowest) : double.IsFinite(increase) ? 0 : 1;
        return new string('#', 1 + (int)Math.Round(part * (BarWidth - 1)));
    }
}
