using System.Globalization;
using LayerTool.Cli.Output;
using LayerTool.Scoring;

namespace LayerTool.Cli.Measuring;

/// <summary>What is dropped by score, first dropped first.</summary>
internal sealed class DropSection(Ranking ranking, IReadOnlyList<DropUnit> units) : ISection
{
    public object Json { get; } = new
    {
        ranking.ModelHash,
        ranking.Dtype,
        ranking.Calibration,
        ranking.CalibrationHash,
        ranking.Sequences,
        Tokens = ranking.Scores.TokenCount,
        Units = units.Select(unit => new { unit.Kind, unit.Layer, unit.Score }).ToArray(),
    };

    public void WriteText(ReportWriter writer)
    {
        if (units.Count == 0)
        {
            writer.Line("nothing is dropped");
            writer.Line();
            return;
        }

        writer.Table(
            [Column.Number("#"), "dropped", Column.Number("score")],
            units.Select((unit, index) => (IReadOnlyList<string>)
            [
                (index + 1).ToString(CultureInfo.InvariantCulture), unit.ToString(), unit.Score.ToString("0.000000", CultureInfo.InvariantCulture),
            ]));
        writer.Line();
    }
}
