using System.Collections.Immutable;
using LayerTool.Cli.Commands;
using LayerTool.Cli.Options;
using LayerTool.Cli.Output;
using LayerTool.Plans;
using LayerTool.Saving;
using LayerTool.Tying;

namespace LayerTool.Cli.Editing;

/// <summary>Ties the layers of an open model: show → measure → write, as far as the request asks.</summary>
/// <param name="reporter">Told of what the user should know.</param>
/// <param name="session">The open model.</param>
/// <param name="request">What is asked for.</param>
internal sealed class TieRun(Reporter reporter, EditSession session, TieCommand.Request request)
{
    /// <summary>Does it.</summary>
    /// <param name="arguments">The command line, for the model card.</param>
    /// <param name="cancellation">Looked at between matrices and between batches.</param>
    /// <returns>The exit code.</returns>
    public int Run(ImmutableArray<string> arguments, CancellationToken cancellation)
    {
        OutRequest output = request.Edit.Out;
        TiePlan plan = TiePlan.Create(session.Model.Sources, session.Model.Plan, request.Settings, output.Choices, cancellation);
        Advise(plan);
        session.Report.Add("tie", new TieSection(session.Model.Name, plan, request.Layout));
        using TiedModel tied = TiedModel.Open(plan, request.Edit.Compute);
        if (!request.Edit.OnlyShows && request.Edit.Eval.Measures)
        {
            session.Measure(InMemory(tied, cancellation), cancellation);
        }

        SavedTieSection? saved = !request.Edit.OnlyShows && output.Folder is string folder ? Write(tied, folder, output, arguments, cancellation) : null;

        using (ProgressLine progress = reporter.StartProgress())
        {
            session.Report.Add("residual", new ResidualSection(plan, tied.Measure(progress, cancellation)));
        }

        if (saved is not null)
        {
            session.Report.Add("saved", saved);
        }

        if (request.Edit.OnlyShows)
        {
            reporter.Note("nothing is written or measured: `--out FOLDER` and `--eval FILE` do that");
        }

        session.Report.Finish();
        return ExitCodes.Success;
    }

    private LayerPlan InMemory(TiedModel tied, CancellationToken cancellation)
    {
        using ProgressLine progress = reporter.StartProgress();
        return tied.AddTo(session.Decoder, request.Layout, progress, cancellation);
    }

    private SavedTieSection Write(TiedModel tied, string folder, OutRequest output, ImmutableArray<string> arguments, CancellationToken cancellation)
    {
        SaveOptions options = new(folder)
        {
            ShardBytes = output.ShardSizeBytes ?? SaveOptions.DefaultShardBytes,
            Force = output.Force,
            Command = ["layertool", .. arguments],
        };
        using ProgressLine progress = reporter.StartProgress();
        SaveResult saved = tied.Save(request.Layout, options, session.Record(session.Model.Plan, Path.GetFullPath(folder), cancellation), progress, cancellation);
        return new SavedTieSection(folder, request.Layout, saved);
    }

    private void Advise(TiePlan plan)
    {
        TieSettings settings = plan.Settings;
        string[] cut = [.. plan.Clipped.GroupBy(matrix => matrix.Rank).Select(group => $"{string.Join(", ", group.Select(matrix => $"`{matrix.Module}`"))} to {group.Key}")];
        if (cut.Length > 0)
        {
            reporter.Warn($"rank {settings.Rank} is more than some matrices have; it is cut for {string.Join("; ", cut)}");
        }

        if (settings is { Init: TieInit.Stepwise, LoraInit: LoraInit.Svd } && plan.Matrices.Any(matrix => matrix.Rank > 0 && matrix.Rank < matrix.Shape.Min()))
        {
            reporter.Warn("`--init stepwise` with updates of a middle rank can be worse than without any: compare with `--lora-rank 0`, or take `--init average`");
        }
    }
}
