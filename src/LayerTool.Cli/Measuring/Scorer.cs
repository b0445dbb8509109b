using LayerTool.Cli.Editing;
using LayerTool.Cli.Output;
using LayerTool.Data;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Scoring;

namespace LayerTool.Cli.Measuring;

/// <summary>Scores a model and says what the scores are of.</summary>
internal static class Scorer
{
    /// <summary>Scores the model's plan.</summary>
    public static Ranking Score(Reporter reporter, OpenModel model, Decoder decoder, CalibrationSet calibration, CancellationToken cancellation)
    {
        using ProgressLine progress = reporter.StartProgress();
        LayerScores scores = LayerScores.Measure(decoder, model.Plan, calibration, progress, cancellation);
        return new Ranking
        {
            Model = model.Name,
            ModelHash = ModelHash.Of(model.Sources, model.Plan, progress, cancellation),
            Plan = PlanNotation.Print(model.Plan),
            Dtype = decoder.Dtype.ToString().ToLowerInvariant(),
            Calibration = calibration.Name,
            CalibrationHash = calibration.Hash,
            Sequences = calibration.Sequences.Length,
            Scores = scores,
        };
    }

    /// <summary>Reads the scores of a file and checks that they are the model's.</summary>
    /// <exception cref="Faults.LayerToolException">The file is at fault, or of another model.</exception>
    public static Ranking Load(Reporter reporter, OpenModel model, string file, CancellationToken cancellation)
    {
        Ranking ranking = RankingJson.Load(file);
        using ProgressLine progress = reporter.StartProgress();
        ranking.CheckModel(file, ModelHash.Of(model.Sources, model.Plan, progress, cancellation), PlanNotation.Print(model.Plan));
        return ranking;
    }
}
