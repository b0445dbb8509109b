using System.Collections.Immutable;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Measuring;
using LayerTool.Cli.Output;
using LayerTool.Plans;
using LayerTool.Scoring;
using LayerTool.Tensors;

namespace LayerTool.Cli.Commands;

/// <summary>The choice of <c>drop</c> where a number, or the loss, decides: scores are taken or read, then the lowest go.</summary>
internal sealed class DropByScore
{
    private readonly Reporter _reporter;
    private readonly EditSession _session;
    private readonly DropCommand.Request _request;

    public DropByScore(Reporter reporter, EditSession session, DropCommand.Request request)
    {
        _reporter = reporter;
        _session = session;
        _request = request;
    }

    /// <summary>The plan without what was chosen; the choice is added to the report.</summary>
    public LayerPlan Apply(CancellationToken cancellation)
    {
        DropKind kind = _request.Kind ?? throw new InvalidOperationException("Nothing is chosen by score.");
        if (_request.Count is int wanted)
        {
            DropOrder.CheckCount(_session.Model.Plan, _session.Model.Sources.Halves, kind, wanted);
        }

        Ranking ranking = _request.By is string file
            ? Read(file, cancellation)
            : Scorer.Score(_reporter, _session.Model, _session.Decoder, _session.Calibration, cancellation);
        ImmutableArray<DropUnit> units = _request.Count is int count
            ? DropOrder.Lowest(ranking.Scores, kind, count)
            : ByLoss(DropOrder.Of(ranking.Scores, kind), cancellation);
        _session.Report.Add("dropped", new DropSection(ranking, units));
        _session.Scores = ForProvenance(ranking.Scores);
        _session.Settings.AddData("calibration", ranking.Calibration, ranking.CalibrationHash);
        return _session.Model.Plan.Drop(units);
    }

    // Scores of slots are scores of layers where the plan plays each layer once, in order, with both halves.
    private PlanScores? ForProvenance(LayerScores scores) =>
        _session.Model.Plan.Equals(LayerPlan.Identity(_session.Model.LayerCount)) && scores.Layers.All(layer => layer is { Attention: not null, Mlp: not null })
            ? new PlanScores(
                "1 - cosine",
                [.. scores.Layers.Select(layer => layer.Attention!.Value)],
                [.. scores.Layers.Select(layer => layer.Mlp!.Value)],
                [.. scores.Layers.Select(layer => layer.Block)])
            : null;

    // What is asked for by hand must be what the file's scores were taken with.
    private Ranking Read(string file, CancellationToken cancellation)
    {
        Ranking ranking = Scorer.Load(_reporter, _session.Model, file, cancellation);
        if (_request.Edit.Compute.Dtype != ComputeDtype.Auto)
        {
            ranking.CheckDtype(file, ComputeDtypes.NameOf(_request.Edit.Compute.Dtype));
        }

        if (_request.Edit.Calibration.File is not null)
        {
            ranking.CheckCalibration(file, _session.Calibration);
        }

        return ranking;
    }

    private ImmutableArray<DropUnit> ByLoss(ImmutableArray<DropUnit> order, CancellationToken cancellation)
    {
        using ProgressLine progress = _reporter.StartProgress();
        DropCurve curve = DropCurve.Draw(
            _session.Decoder, _session.Model.Plan, order, _session.Calibration, _request.MaxLossIncrease, progress, cancellation);
        progress.Clear();
        _session.Report.Add("curve", new CurveSection(curve));
        return curve.Dropped;
    }
}
