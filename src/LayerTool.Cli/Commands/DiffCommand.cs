using System.CommandLine;
using LayerTool.Checkpoints;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Options;
using LayerTool.Cli.Output;
using LayerTool.Plans;

namespace LayerTool.Cli.Commands;

/// <summary><c>layertool diff</c>: two checkpoints or plans compared, config key by key and tensor by tensor.</summary>
internal sealed class DiffCommand : Verb
{
    private readonly Argument<string> _left = ModelArgument.Create();
    private readonly Argument<string> _right = new("OTHER") { Description = "What it is compared with", CustomParser = result => Syntax.Path(result) };
    private readonly Option<bool> _all = new("--all") { Description = "List every tensor that differs, not the first 40" };

    public DiffCommand(Services services)
        : base("diff", "Compare two checkpoints or plans: config, layers, tensors")
    {
        Arguments.Add(_left);
        Arguments.Add(_right);
        Options.Add(_all);
        SetAction((parsed, cancellation) => RunAsync(services, Read(parsed), cancellation));
    }

    public override string Details =>
        "Config keys, layers and tensors are compared, of two checkpoints or of what two plans play. Tensors that have the same " +
        "shape and type are compared value by value: the largest difference and how many values differ. The exit code is 0 " +
        "whether they differ or not.";

    public override IReadOnlyList<Example> Examples =>
    [
        new("layertool diff BASE POST", "Which layers did post-training move, and how far?"),
        new("layertool diff MODEL plan.json --json", "What a plan changes, for a program"),
    ];

    internal static Task<int> RunAsync(Services services, Request request, CancellationToken cancellation) => Task.Run(
        () =>
        {
            ModelOpener opener = new(services.Reporter);
            OpenModel left = opener.Open(request.Left);
            OpenModel right = opener.Open(request.Right);
            CheckpointDiff diff;
            using (ProgressLine progress = services.Reporter.StartProgress())
            {
                diff = CheckpointDiff.Compare(left.Played(), right.Played(), progress, cancellation);
            }

            services.Reporter.Show(new DiffReport(diff, PlanDiff.Between(left.Plan, right.Plan).Lines(), request.All));
            foreach (string note in diff.Notes)
            {
                services.Reporter.Note(note);
            }

            return ExitCodes.Success;
        },
        cancellation);

    private Request Read(ParseResult parsed) => new(parsed.GetRequiredValue(_left), parsed.GetRequiredValue(_right), parsed.GetValue(_all));

    internal sealed record Request(string Left, string Right, bool All);
}
