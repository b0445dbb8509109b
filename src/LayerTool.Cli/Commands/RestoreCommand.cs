using System.CommandLine;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Options;
using LayerTool.Plans;

namespace LayerTool.Cli.Commands;

/// <summary><c>layertool restore</c>: takes named layers from another checkpoint of the same shape, each from the same index.</summary>
internal sealed class RestoreCommand : Verb
{
    private readonly LayersOption _layers = new("--layers", "Layers to take from the other checkpoint: `10-14`, `3,10-14`, `-4--1`") { Required = true };

    private readonly PathOption _from = new("--from")
    {
        Description = "The checkpoint that the layers come from: a folder, or a repository id of the local Hugging Face cache",
        HelpName = "BASE",
        Required = true,
    };

    private readonly MismatchOption _mismatch = new();
    private readonly EditOptions _edit = new();

    public RestoreCommand(Services services)
        : base("restore", "Take layers from another checkpoint, such as the one before fine-tuning")
    {
        Options.Add(_layers);
        Options.Add(_from);
        Options.Add(_mismatch);
        _edit.AddTo(this);
        SetAction((parsed, cancellation) => RunAsync(services, Read(parsed), cancellation));
    }

    public override string Details =>
        "Puts layers of another checkpoint in the place of the model's own, such as those of the base model under a post-trained " +
        "one. Shapes must fit. Where RoPE, norm epsilon or window differ, each field is named with both values, and " +
        "`--allow-config-mismatch` takes the layers all the same.";

    public override IReadOnlyList<Example> Examples =>
    [
        new("layertool restore MODEL --layers 10-14 --from BASE --eval wiki.txt", "What do five layers of the base model change? Nothing is written"),
        new("layertool restore MODEL --layers 10-14 --from BASE -o OUT", "Save the mixture: same shape, same config"),
    ];

    internal static Task<int> RunAsync(Services services, Request request, CancellationToken cancellation) => Task.Run(
        () =>
        {
            using EditSession session = EditSession.Open(services, request.Edit);
            string source = session.FreeName("base");
            session.AddSource(source, request.From, request.AllowConfigMismatch);
            return session.Finish(session.Model.Plan.Restore(session.Named(request.Layers), source), cancellation);
        },
        cancellation);

    private Request Read(ParseResult parsed) => new(
        _edit.Read(parsed),
        parsed.GetRequiredValue(_layers)!,
        parsed.GetRequiredValue(_from)!,
        parsed.GetValue(_mismatch));

    internal sealed record Request(EditRequest Edit, LayerList Layers, string From, bool AllowConfigMismatch);
}
