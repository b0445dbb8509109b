using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Measuring;
using LayerTool.Cli.Output;
using LayerTool.Evaluation.Speed;
using LayerTool.Plans;

namespace LayerTool.Cli.Commands;

/// <summary>What <c>layertool bench</c> prints.</summary>
internal sealed class BenchReport : IReport
{
    private readonly View _view;

    public BenchReport(OpenModel model, OpenModel? other, double? pointsLost, IReadOnlyList<ImmutableArray<SpeedSamples>> results, RunSettings settings)
    {
        using Process process = Process.GetCurrentProcess();
        OpenModel[] models = other is null ? [model] : [model, other];
        _view = new View(
            [.. models.Select(one => new ModelView(one.Name, PlanNotation.Print(one.Plan)))],
            [.. results.Select(ofCase => Case(ofCase, pointsLost))],
            process.PeakWorkingSet64,
            settings);
    }

    public string Schema => "layertool.bench/1";

    public object Json => _view;

    public void WriteText(ReportWriter writer)
    {
        bool versus = _view.Models.Length > 1;
        writer.Pairs(_view.Models.SelectMany((model, index) => ((string, string)[])[(index == 0 ? "model" : "against", model.Name), ("plan", model.Plan)]));
        writer.Line();
        writer.Table(
            [
                Column.Number("batch"), Column.Number("prompt"), Column.Number("added"), "", Column.Number("tokens/s"), Column.Number("quartiles"),
                .. versus ? [Column.Number("against"), Column.Number("speed-up"), Column.Number("95 % interval")] : Array.Empty<Column>(),
                Column.Number("KV cache"),
            ],
            _view.Cases.SelectMany(what => Rows(what, versus)));
        if (_view.Cases.Any(what => what.PointsPerPercent is not null))
        {
            writer.Line();
            foreach (CaseView what in _view.Cases.Where(what => what.PointsPerPercent is not null))
            {
                writer.Line(string.Create(CultureInfo.InvariantCulture, $"batch {what.Batch}, {what.Prompt} + {what.Generate} tokens: {what.PointsPerPercent:0.0000} points lost for each percent of speed"));
            }
        }

        writer.Line();
        writer.Line($"computed in {_view.Settings.Dtype} on {_view.Settings.Device}, {_view.Settings.Threads} threads; {Quantity.Bytes(_view.PeakMemoryBytes)} of memory at most");
    }

    private static IEnumerable<IReadOnlyList<string>> Rows(CaseView what, bool versus)
    {
        yield return Row(what, "prefill", what.Prefill, what.PrefillSpeedup, versus, first: true);
        if (what.Decode.Length > 0)
        {
            yield return Row(what, "decode", what.Decode, what.DecodeSpeedup, versus, first: false);
        }
    }

    private static string[] Row(CaseView what, string name, ImmutableArray<Spread> speeds, Spread? speedup, bool versus, bool first) =>
    [
        first ? Number(what.Batch) : "",
        first ? Number(what.Prompt) : "",
        first ? Number(what.Generate) : "",
        name,
        Speed(speeds[0].Median),
        $"{Speed(speeds[0].Low)} … {Speed(speeds[0].High)}",
        .. versus && speedup is Spread ratio
            ? [Speed(speeds[1].Median), Ratio(ratio.Median), $"{Ratio(ratio.Low)} … {Ratio(ratio.High)}"]
            : Array.Empty<string>(),
        first ? string.Join(" / ", what.CacheBytes.Select(bytes => Quantity.Bytes(bytes))) : "",
    ];

    private static CaseView Case(ImmutableArray<SpeedSamples> ofCase, double? pointsLost)
    {
        SpeedCase what = ofCase[0].Case;
        Spread? prefill = null, decode = null;
        double? points = null;
        if (ofCase.Length > 1)
        {
            // The same round of both: a pair.
            prefill = Spread.OfPairs(ofCase[0].Rounds.Zip(ofCase[1].Rounds, (own, other) => other.PrefillSeconds / own.PrefillSeconds));
            decode = what.Generate == 0 ? null : Spread.OfPairs(ofCase[0].Rounds.Zip(ofCase[1].Rounds, (own, other) => other.DecodeSeconds / own.DecodeSeconds));
            points = pointsLost / (((decode ?? prefill)!.Value.Median - 1) * 100);
        }

        return new CaseView(
            what.Batch,
            what.Prompt,
            what.Generate,
            [.. ofCase.Select(samples => samples.Prefill)],
            what.Generate == 0 ? [] : [.. ofCase.Select(samples => samples.Decode!.Value)],
            prefill,
            decode,
            [.. ofCase.Select(samples => samples.CacheBytes)],
            points,
            [.. ofCase.Select(samples => samples.Rounds)]);
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Speed(double speed) => speed.ToString(speed < 100 ? "0.0" : "N0", CultureInfo.InvariantCulture);

    private static string Ratio(double ratio) => ratio.ToString("0.000", CultureInfo.InvariantCulture);

    private sealed record ModelView(string Name, string Plan);

    private sealed record CaseView(
        int Batch,
        int Prompt,
        int Generate,
        ImmutableArray<Spread> Prefill,
        ImmutableArray<Spread> Decode,
        Spread? PrefillSpeedup,
        Spread? DecodeSpeedup,
        ImmutableArray<long> CacheBytes,
        double? PointsPerPercent,
        ImmutableArray<ImmutableArray<SpeedRound>> Rounds);

    private sealed record View(ImmutableArray<ModelView> Models, ImmutableArray<CaseView> Cases, long PeakMemoryBytes, RunSettings Settings);
}
