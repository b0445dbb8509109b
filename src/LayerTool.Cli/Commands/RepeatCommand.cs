using System.CommandLine;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Options;
using LayerTool.Plans;

namespace LayerTool.Cli.Commands;

/// <summary><c>layertool repeat</c>: plays named layers several times in a row, on the same weights.</summary>
internal sealed class RepeatCommand : Verb
{
    private readonly LayersOption _layers = new("--layers", "Layers to play again, each contiguous run as one: `8-11`, `3,8-11`, `-2--1`") { Required = true };

    private readonly Option<int?> _times = new("--times")
    {
        Description = "How often each run is played in all",
        HelpName = "K",
        Required = true,
        CustomParser = Syntax.Count(),
    };

    private readonly EditOptions _edit = new();

    public RepeatCommand(Services services)
        : base("repeat", "Play layers several times in a row")
    {
        Options.Add(_layers);
        Options.Add(_times);
        _edit.AddTo(this);
        SetAction((parsed, cancellation) => RunAsync(services, Read(parsed), cancellation));
    }

    public override string Details =>
        "Plays each contiguous run of the layers named that many times in all. A plan holds the weights once, however often they " +
        "are played; only `--out` copies them. Each play has its own keys and values.";

    public override IReadOnlyList<Example> Examples =>
    [
        new("layertool repeat MODEL --layers 8-11 --times 2 --plan-out loop.json", "Keep the loop as a plan: no weight is copied"),
        new("layertool repeat MODEL --layers 8-11 --times 3 --eval wiki.txt -o OUT", "Measure a longer loop, and save it"),
    ];

    internal static Task<int> RunAsync(Services services, Request request, CancellationToken cancellation) => Task.Run(
        () =>
        {
            using EditSession session = EditSession.Open(services, request.Edit);
            LayerPlan plan = session.Model.Plan.Repeat(session.Named(request.Layers), request.Times);
            return session.Finish(plan, cancellation);
        },
        cancellation);

    private Request Read(ParseResult parsed) =>
        new(_edit.Read(parsed), parsed.GetRequiredValue(_layers)!, parsed.GetRequiredValue(_times)!.Value);

    internal sealed record Request(EditRequest Edit, LayerList Layers, int Times);
}
