using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using LayerTool.Checkpoints;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Options;
using LayerTool.Cli.Restoring;
using LayerTool.Plans;

namespace LayerTool.Cli.Commands;

/// <summary>
/// <c>layertool restore</c>: takes layers from another checkpoint of the same shape, each from the same index: those that are named, or
/// the range that makes answers most diverse.
/// </summary>
internal sealed class RestoreCommand : Verb
{
    private readonly LayersOption _layers = new("--layers", "Layers to take from the other checkpoint: `10-14`, `3,10-14`, `-4--1`");

    private readonly PathOption _from = new("--from")
    {
        Description = "The checkpoint that the layers come from: a folder, or a repository id of the local Hugging Face cache",
        HelpName = "BASE",
        Required = true,
    };

    private readonly AutoRestoreOptions _auto = new();
    private readonly MismatchOption _mismatch = new();
    private readonly EditOptions _edit = new();

    public RestoreCommand(Services services)
        : base("restore", "Take layers from another checkpoint, such as the one before fine-tuning")
    {
        Options.Add(_layers);
        Options.Add(_from);
        Options.Add(_mismatch);
        _auto.AddTo(this);
        _edit.AddTo(this);
        Validators.Add(CheckChoice);
        SetAction((parsed, cancellation) => RunAsync(services, Read(parsed), cancellation));
    }

    public override string Details =>
        "Puts layers of another checkpoint in the place of the model's own, such as those of the base model under a post-trained " +
        "one. Shapes must fit. Where RoPE, norm epsilon or window differ, each field is named with both values, and " +
        "`--allow-config-mismatch` takes the layers all the same. `--auto crc` chooses as Selective Layer Restoration does: each contiguous " +
        "range is scored on prompts that ask for a random character, by the probability of a valid answer and the entropy of the answers " +
        "that are; of the ranges that keep 0.9 of the model's own validity the one of most entropy is restored, or none.";

    public override IReadOnlyList<Example> Examples =>
    [
        new("layertool restore MODEL --layers 10-14 --from BASE --eval wiki.txt", "What do five layers of the base model change? Nothing is written"),
        new("layertool restore MODEL --from BASE --auto crc --heat-map ranges.svg -o OUT", "Save the mixture whose answers are most diverse, and draw all ranges"),
    ];

    internal static Task<int> RunAsync(Services services, Request request, CancellationToken cancellation) => Task.Run(
        () =>
        {
            using EditSession session = EditSession.Open(services, request.Edit);
            string source = session.FreeName("base");
            session.AddSource(source, request.From, request.AllowConfigMismatch);
            ImmutableArray<int> layers = request.Auto is AutoRestoreRequest auto
                ? new AutoRestore(services.Reporter, session, auto, request.Edit.Compute).Choose(source, cancellation)
                : session.Named(request.Layers!);
            WarnOfEqualLayers(services, session, source, layers, cancellation);
            return session.Finish(layers.IsEmpty ? session.Model.Plan : session.Model.Plan.Restore(layers, source), cancellation);
        },
        cancellation);

    private Request Read(ParseResult parsed) => new(
        _edit.Read(parsed),
        parsed.GetValue(_layers),
        _auto.Read(parsed),
        parsed.GetRequiredValue(_from)!,
        parsed.GetValue(_mismatch));

    // Presence alone: what the values are is known once they have parsed.
    private void CheckChoice(CommandResult result)
    {
        bool named = result.GetResult(_layers) is { Implicit: false };
        if (named == _auto.IsGiven(result))
        {
            result.AddError(named
                ? UsageErrors.WithHint("`--layers` names layers, and `--auto` chooses them", "give one of the two")
                : UsageErrors.WithHint("nothing to restore", "name layers with `--layers`, or have them chosen with `--auto crc`"));
        }
    }

    private static void WarnOfEqualLayers(Services services, EditSession session, string source, ImmutableArray<int> layers, CancellationToken cancellation)
    {
        ImmutableArray<int> equal = EqualLayers.Find(session.Model.Sources.Main, session.Model.Sources[source], layers, cancellation);
        if (!equal.IsEmpty)
        {
            services.Reporter.Warn($"both checkpoints hold the same bytes in the layers {LayerList.Print(equal)}: {(equal.Length == layers.Length ? "nothing changes" : "nothing changes there")}");
        }
    }

    /// <param name="Edit">The model and what becomes of the plan.</param>
    /// <param name="Layers">Layers named; null where they are chosen.</param>
    /// <param name="Auto">How they are chosen; null where they are named.</param>
    /// <param name="From">The other checkpoint.</param>
    /// <param name="AllowConfigMismatch">Whether its config may differ.</param>
    internal sealed record Request(EditRequest Edit, LayerList? Layers, AutoRestoreRequest? Auto, string From, bool AllowConfigMismatch);
}
