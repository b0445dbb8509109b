using System.Collections.Immutable;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Measuring;
using LayerTool.Cli.Options;
using LayerTool.Cli.Output;
using LayerTool.Evaluation.Diversity;
using LayerTool.Files;
using LayerTool.Scoring;
using LayerTool.Tensors;

namespace LayerTool.Cli.Restoring;

/// <summary>The choice of <c>restore --auto crc</c>: every range is scored, one is taken, and all are shown.</summary>
internal sealed class AutoRestore(Reporter reporter, EditSession session, AutoRestoreRequest request, ComputeSettings compute)
{
    private const double FollowsPrompts = 0.5;

    /// <summary>The layers to restore; none where the model is best left as it is. The table is added to the report.</summary>
    /// <param name="source">Name of the model that layers are taken from.</param>
    /// <param name="cancellation">Checked in front of each slot.</param>
    public ImmutableArray<int> Choose(string source, CancellationToken cancellation)
    {
        foreach (string file in new[] { request.Csv, request.HeatMap }.OfType<string>())
        {
            OutputFile.Check(file, force: true);
        }

        OpenModel model = session.Model;
        model.RequireRun();
        CharacterPrompts prompts = CharacterAsker.Prompts(request.Prompts);
        ImmutableArray<CharacterQuestion> questions = CharacterAsker.Questions(model, session.Tokenizer, prompts, request.Template);
        RestoreTriangle triangle;
        ImmutableArray<SoupScore> soup = [];
        using (ProgressLine progress = reporter.StartProgress())
        {
            triangle = RestoreTriangle.Measure(
                session.Decoder, model.Plan, source, questions, request.MaxWidth, model.Sources[source].Config.VocabSize, progress, cancellation);
            soup = request.Soup ? SoupScore.Measure(session.Decoder, model.Plan, session.FreeName("soup"), source, questions, progress, cancellation) : [];
        }

        if (triangle.Post.Mean.Validity < FollowsPrompts)
        {
            reporter.Warn(FormattableString.Invariant(
                $"the model itself gives a valid answer with a probability of {triangle.Post.Mean.Validity:0.00} only: what a range keeps of that says little (prompts of its own kind: `--prompts FILE`)"));
        }

        RestoreChoice choice = RestoreChoice.Of(triangle, request.MinValidity);
        TriangleTable table = new(prompts, triangle, choice) { Soup = soup };
        session.Report.Add("auto", new TriangleSection(table, model.LayerCount, request, RunSettings.Of(session.Decoder, compute)));
        session.Settings.AddData("prompts", prompts.Name, prompts.Hash);
        session.Settings.Add("range", choice.Reason);
        if (request.Csv is string csv)
        {
            AsideFile.Write(csv, TriangleCsv.Text(table), replace: true);
            reporter.Note($"table of ranges written to {csv}");
        }

        if (request.HeatMap is string picture)
        {
            AsideFile.Write(picture, HeatMapSvg.Text(table), replace: true);
            reporter.Note($"heat map written to {picture}");
        }

        return choice.Chosen.Range is LayerRange range ? [.. range.Layers] : [];
    }
}
