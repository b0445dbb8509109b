using System.CommandLine;
using System.CommandLine.Parsing;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Options;
using LayerTool.Mergekit;
using LayerTool.Saving;

namespace LayerTool.Cli.Commands;

/// <summary><c>layertool edit</c>: plays what a plan says, written out, in a file, or in a merge file of mergekit.</summary>
internal sealed class EditCommand : Verb
{
    private readonly PlanOption _plan = new();
    private readonly SourcesOption _sources = new();
    private readonly MismatchOption _mismatch = new();

    private readonly PathOption _merge = new("--from-mergekit")
    {
        Description = "Take plan and checkpoints from this passthrough merge file instead of MODEL and --plan; its paths count from the current folder",
        HelpName = "file",
    };

    private readonly EditOptions _edit = new(modelMayBeAbsent: true);

    public EditCommand(Services services)
        : base("edit", "Play any plan of layers: reordered, parallel, scaled, from several checkpoints")
    {
        Options.Add(_plan);
        Options.Add(_sources);
        Options.Add(_merge);
        Options.Add(_mismatch);
        _edit.AddTo(this);
        Validators.Add(CheckChoice);
        SetAction((parsed, cancellation) => RunAsync(services, Read(parsed), cancellation));
    }

    public override string Details =>
        "Plays any plan: layers in any order, several times, side by side, one half alone, with their updates multiplied, from " +
        "several checkpoints. `0-7, (8-11)x2, 12.mlp, 13*0.5, base:14, [15|16]` shows the notation; README.md explains it. A plan " +
        "file does as well.";

    public override IReadOnlyList<Example> Examples =>
    [
        new("layertool edit MODEL --plan \"0-7, (8-11)x2, 12.mlp, base:13-14, [15|16], 17-31*0.5\" --source base=BASE --plan-out mix.json", "Repeat, drop, scale and play side by side, layers of another checkpoint among them"),
        new("layertool edit --from-mergekit merge.yml -o OUT", "What mergekit would write, with the config that belongs to it"),
    ];

    internal static Task<int> RunAsync(Services services, Request request, CancellationToken cancellation) => Task.Run(
        () => request.MergeFile is string file ? Merge(services, request, file, cancellation) : Edit(services, request, cancellation),
        cancellation);

    private static int Edit(Services services, Request request, CancellationToken cancellation)
    {
        using EditSession session = EditSession.Open(services, request.Edit);
        foreach (NamedSource source in request.Sources)
        {
            session.AddSource(source.Name, source.Model, request.AllowConfigMismatch);
        }

        return session.Finish(session.Take(request.Plan!, request.AllowConfigMismatch), cancellation);
    }

    private static int Merge(Services services, Request request, string path, CancellationToken cancellation)
    {
        MergeFile file = MergeFile.Read(path);
        MergeOpener merge = new(services.Reporter, file, request.AllowConfigMismatch);
        SaveChoices choices = request.Edit.Out.Choices;
        OutRequest written = request.Edit.Out with { Choices = choices with { Dtype = choices.Dtype ?? file.Dtype } };
        using EditSession session = EditSession.Open(services, request.Edit with { Out = written }, merge.Open);
        session.Report.Add("merge", new MergeSection(file, merge.Plan));
        return session.Finish(session.Model.Adapted(merge.Plan.Plan), cancellation);
    }

    private Request Read(ParseResult parsed) => new(
        _edit.Read(parsed),
        parsed.GetValue(_plan),
        parsed.GetValue(_sources) ?? [],
        parsed.GetValue(_merge),
        parsed.GetValue(_mismatch));

    // Presence alone: what the values are is known once they have parsed.
    private void CheckChoice(CommandResult result)
    {
        bool model = result.GetResult(_edit.Model) is { Tokens.Count: > 0 };
        bool Given(Option option) => result.GetResult(option) is { Implicit: false };
        if (!Given(_merge))
        {
            if (!Given(_plan))
            {
                result.AddError(UsageErrors.WithHint("option `--plan` is required", "`--from-mergekit FILE` takes the plan from a merge file"));
            }

            if (!model)
            {
                result.AddError("required argument `MODEL` missing for command: `edit`");
            }
        }
        else if (model || Given(_plan) || Given(_sources))
        {
            result.AddError("`--from-mergekit` brings plan and checkpoints: give no MODEL, `--plan` or `--source` beside it");
        }
    }

    /// <param name="Edit">What becomes of the plan, and the model where no merge file is read.</param>
    /// <param name="Plan">The plan, where no merge file is read.</param>
    /// <param name="Sources">Checkpoints beside the model.</param>
    /// <param name="MergeFile">The merge file, or null.</param>
    /// <param name="AllowConfigMismatch">Whether configs may differ where the shapes fit.</param>
    internal sealed record Request(EditRequest Edit, PlanText? Plan, IReadOnlyList<NamedSource> Sources, string? MergeFile, bool AllowConfigMismatch);
}
