using System.CommandLine;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Options;

namespace LayerTool.Cli.Commands;

/// <summary><c>layertool edit</c>: plays what a plan says, written out or in a file.</summary>
internal sealed class EditCommand : Verb
{
    private readonly PlanOption _plan = new() { Required = true };
    private readonly SourcesOption _sources = new();
    private readonly MismatchOption _mismatch = new();
    private readonly EditOptions _edit = new();

    public EditCommand(Services services)
        : base("edit", "Play any plan of layers: reordered, parallel, scaled, from several checkpoints")
    {
        Options.Add(_plan);
        Options.Add(_sources);
        Options.Add(_mismatch);
        _edit.AddTo(this);
        SetAction((parsed, cancellation) => RunAsync(services, Read(parsed), cancellation));
    }

    public override string Details =>
        "Plays any plan: layers in any order, several times, side by side, one half alone, with their updates multiplied, from " +
        "several checkpoints. `0-7, (8-11)x2, 12.mlp, 13*0.5, base:14, [15|16]` shows the notation; README.md explains it. A plan " +
        "file does as well.";

    public override IReadOnlyList<Example> Examples =>
    [
        new("layertool edit MODEL --plan \"0-7, (8-11)x2, 12-19, 20.mlp, 21-31*0.5\" --eval wiki.txt", "Repeat, drop and scale at once"),
        new("layertool edit MODEL --plan \"0-21, base:22-24, [25|26], 27-31\" --source base=BASE --plan-out mix.json", "Layers of two checkpoints, two of them side by side"),
    ];

    internal static Task<int> RunAsync(Services services, Request request, CancellationToken cancellation) => Task.Run(
        () =>
        {
            using EditSession session = EditSession.Open(services, request.Edit);
            foreach (NamedSource source in request.Sources)
            {
                session.AddSource(source.Name, source.Model, request.AllowConfigMismatch);
            }

            return session.Finish(session.Take(request.Plan, request.AllowConfigMismatch), cancellation);
        },
        cancellation);

    private Request Read(ParseResult parsed) => new(
        _edit.Read(parsed),
        parsed.GetRequiredValue(_plan)!,
        parsed.GetValue(_sources) ?? [],
        parsed.GetValue(_mismatch));

    internal sealed record Request(EditRequest Edit, PlanText Plan, IReadOnlyList<NamedSource> Sources, bool AllowConfigMismatch);
}
