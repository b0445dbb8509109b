using System.CommandLine;
using LayerTool.Checkpoints;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Measuring;
using LayerTool.Cli.Options;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Saving;
using LayerTool.Tokenization;

namespace LayerTool.Cli.Commands;

/// <summary><c>layertool inspect</c>: what a checkpoint or a plan file holds. No weight is read, but for a full hash.</summary>
internal sealed class InspectCommand : Verb
{
    private readonly Argument<string> _model = ModelArgument.Create();
    private readonly Option<bool> _tensors = new("--tensors") { Description = "List every tensor with type, shape and file" };

    private readonly HashOption _hash = new("Hash of the weights to show");

    public InspectCommand(Services services)
        : base("inspect", "What is in a checkpoint, layer by layer, or in a plan file")
    {
        Arguments.Add(_model);
        Options.Add(_tensors);
        Options.Add(_hash);
        SetAction((parsed, cancellation) => RunAsync(services, Read(parsed), cancellation));
    }

    public override string Details =>
        "Prints family, sizes, layers with the halves that they have, tensors and files, and how the tokenizer is read. Of weights only headers are read, " +
        "so a checkpoint of any size takes a moment. Of a plan file, or a checkpoint that layertool wrote, the plan and the " +
        "commands that led to it are shown. Checkpoints of families that layertool cannot run are inspected all the same.";

    public override IReadOnlyList<Example> Examples =>
    [
        new("layertool inspect MODEL", "Layers, sizes, types, and what is unusual"),
        new("layertool inspect plan.json --json", "The slots of a plan, for a program"),
    ];

    internal static Task<int> RunAsync(Services services, Request request, CancellationToken cancellation) => Task.Run(
        () =>
        {
            if (File.Exists(request.Model))
            {
                services.Reporter.Show(new PlanInspectReport(
                    new ModelOpener(services.Reporter).Open(request.Model), checkpoint => HashOf(services, checkpoint, request, cancellation), request.Hash is not null));
            }
            else
            {
                ShowCheckpoint(services, request, cancellation);
            }

            return ExitCodes.Success;
        },
        cancellation);

    /// <summary>Not by way of the opener: a checkpoint without layers, or of a config at fault, can be looked at too.</summary>
    private static void ShowCheckpoint(Services services, Request request, CancellationToken cancellation)
    {
        Checkpoint checkpoint = Checkpoint.Open(ModelLocation.Find(request.Model));
        Inspection inspection = Inspection.Of(checkpoint);
        (TokenizerSummary? tokenizer, string? fault) = TokenizerOf(checkpoint);
        inspection = fault is null ? inspection : inspection with { Notes = [.. inspection.Notes, fault] };
        string hash = HashOf(services, checkpoint, request, cancellation);
        services.Reporter.Show(new InspectReport(inspection, tokenizer, request.Tensors ? checkpoint.Tensors.Values : null, hash, request.Hash is not null));
        foreach (string note in inspection.Notes)
        {
            services.Reporter.Note(note);
        }

        if (Provenance.TiedPlan(checkpoint.Folder) is string tied)
        {
            services.Reporter.Note($"the layers are shared, and played as {PlanNotation.Print(PlanJson.ReadFile(tied).Plan)}: LayerTool runs the folder so, and {tied} shows it");
        }
    }

    /// <summary>A checkpoint whose tokenizer is at fault is looked at all the same.</summary>
    private static (TokenizerSummary? Tokenizer, string? Fault) TokenizerOf(Checkpoint checkpoint)
    {
        try
        {
            return (TokenizerSummary.Of(checkpoint.Folder), null);
        }
        catch (LayerToolException fault)
        {
            return (null, fault.Message);
        }
    }

    private static string HashOf(Services services, Checkpoint checkpoint, Request request, CancellationToken cancellation) =>
        SourceHash.Of(checkpoint, request.Hash ?? HashKind.Quick, services.Reporter, cancellation);

    private Request Read(ParseResult parsed) => new(parsed.GetRequiredValue(_model), parsed.GetValue(_tensors), parsed.GetValue(_hash));

    internal sealed record Request(string Model, bool Tensors, HashKind? Hash);
}
