using System.Collections.Immutable;
using System.Globalization;
using LayerTool.Cli.Output;
using LayerTool.Verification;

namespace LayerTool.Cli.Commands;

/// <summary>What <c>layertool verify</c> prints.</summary>
internal sealed class VerifyReport(string model, string expected, ImmutableArray<Finding> findings, bool bisect) : IReport
{
    public string Schema => "layertool.verify/1";

    public object Json => new
    {
        Model = model,
        Expected = expected,
        Holds = findings.All(finding => finding.Holds),
        FirstDeparture = bisect ? Bisection.FirstDeparture(findings) : null,
        Findings = findings.Select(finding => new
        {
            finding.Name,
            finding.Holds,
            LargestDifference = finding.Largest,
            RmsDifference = finding.Rms,
            Tolerance = finding.Tolerance is { Largest: var largest } && double.IsFinite(largest) ? largest : (double?)null,
            RmsTolerance = finding.Tolerance is { Rms: var rms } && double.IsFinite(rms) ? rms : (double?)null,
            Relative = finding.Tolerance?.IsRelative,
            finding.Note,
        }),
    };

    public void WriteText(ReportWriter writer)
    {
        writer.Table(
            [Column.Name("reference"), Column.Number("largest difference"), Column.Number("tolerance"), "", "note"],
            findings.Select(finding => (IReadOnlyList<string>)
            [
                finding.Name,
                Difference(finding.Largest, finding.Tolerance),
                Difference(finding.Tolerance?.Largest, finding.Tolerance),
                finding.Holds ? "ok" : "DIFFERS",
                Note(finding),
            ]));
        int bad = findings.Count(finding => !finding.Holds);
        writer.Line(bad == 0 ? $"all {findings.Length} hold" : $"{bad} of {findings.Length} differ");
        if (bisect && Bisection.FirstDeparture(findings) is string place)
        {
            writer.Line($"first to leave the reference: {place}");
        }
    }

    private static string Difference(double? value, Tolerance? tolerance) => value switch
    {
        null => "",
        double.PositiveInfinity => "any",
        double number when tolerance?.IsRelative == true => number.ToString("P2", CultureInfo.InvariantCulture),
        double number => number.ToString("0.0e+00", CultureInfo.InvariantCulture),
    };

    private static string Note(Finding finding)
    {
        string rms = finding.Tolerance is { IsRelative: true } tolerance && finding.Rms is double value
            ? string.Create(CultureInfo.InvariantCulture, $"rms {value:P2} of {tolerance.Rms:P1}")
            : "";
        return string.Join(", ", ((string[])[rms, finding.Note ?? ""]).Where(part => part.Length > 0));
    }
}
