using System.CommandLine;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Options;
using LayerTool.Plans;

namespace LayerTool.Cli.Commands;

/// <summary><c>layertool skip</c>: leaves named layers, or halves of layers, out.</summary>
internal sealed class SkipCommand : Verb
{
    private readonly LayersOption _layers = new("--layers", "Layers to leave out: `3,7,10-14`, `-1` (the last), `all`, `even`, `odd`");
    private readonly LayersOption _attention = new("--attn-layers", "Layers that lose their attention");
    private readonly LayersOption _mlp = new("--mlp-layers", "Layers that lose their MLP");
    private readonly EditOptions _edit = new();

    public SkipCommand(Services services)
        : base("skip", "Leave layers, or their attention or MLP, out")
    {
        Options.Add(_layers);
        Options.Add(_attention);
        Options.Add(_mlp);
        _edit.AddTo(this);
        Validators.Add(result =>
        {
            if (result.GetResult(_layers) is null && result.GetResult(_attention) is null && result.GetResult(_mlp) is null)
            {
                result.AddError("nothing to skip: give `--layers`, `--attn-layers` or `--mlp-layers`");
            }
        });
        SetAction((parsed, cancellation) => RunAsync(services, Read(parsed), cancellation));
    }

    public override string Details =>
        "Leaves out the layers, attentions or MLPs that are named. It needs no score; `drop` makes the same plans and also " +
        "chooses what to leave out. Nothing is written unless an option under Writing asks for it.";

    public override IReadOnlyList<Example> Examples =>
    [
        new("layertool skip MODEL --layers 20-23 --eval wiki.txt", "What do four layers cost? Nothing is written"),
        new("layertool skip MODEL --attn-layers -4,-2 -o OUT", "Leave two attentions out and save"),
    ];

    internal static Task<int> RunAsync(Services services, Request request, CancellationToken cancellation) => Task.Run(
        () =>
        {
            using EditSession session = EditSession.Open(services, request.Edit);
            LayerPlan plan = session.Model.Plan;
            plan = request.Layers is LayerList layers ? plan.Skip(session.Named(layers)) : plan;
            plan = request.Attention is LayerList attention ? plan.DropAttention(session.Named(attention, LayerHalves.Attention)) : plan;
            plan = request.Mlp is LayerList mlp ? plan.DropMlp(session.Named(mlp, LayerHalves.Mlp)) : plan;
            return session.Finish(plan, cancellation);
        },
        cancellation);

    private Request Read(ParseResult parsed) =>
        new(_edit.Read(parsed), parsed.GetValue(_layers), parsed.GetValue(_attention), parsed.GetValue(_mlp));

    internal sealed record Request(EditRequest Edit, LayerList? Layers, LayerList? Attention, LayerList? Mlp);
}
