using System.Collections.Immutable;
using System.CommandLine;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Measuring;
using LayerTool.Cli.Options;
using LayerTool.Data;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Tensors;
using LayerTool.Tokenization;
using LayerTool.Verification;

namespace LayerTool.Cli.Commands;

/// <summary><c>layertool verify</c>: a checkpoint against reference outputs, or reference outputs of a checkpoint.</summary>
internal sealed class VerifyCommand : Verb
{
    private readonly Argument<string> _model = ModelArgument.Create();
    private readonly PathOption _expected = new("--expected") { Description = "Reference outputs; `expected.safetensors` of the folder where absent", HelpName = "file" };
    private readonly Option<bool> _bisect = new("--bisect") { Description = "Name the first layer and half that leave the reference" };
    private readonly PathOption _record = new("--record") { Description = "Write reference outputs of this run instead, and a .json beside them", HelpName = "file" };
    private readonly PathOption _ids = new("--ids") { Description = "With --record: rows of token ids, JSON", HelpName = "file" };
    private readonly PathOption _text = new("--text") { Description = "With --record: text, a row for each document", HelpName = "file" };
    private readonly Option<bool> _force = new("--force") { Description = "With --record: replace existing files" };
    private readonly TokenizerOption _tokenizer = new();
    private readonly AdaptersOption _adapters = new();
    private readonly ComputeOptions _compute = new();

    public VerifyCommand(Services services)
        : base("verify", "Hold a checkpoint against reference outputs, tensor by tensor")
    {
        Arguments.Add(_model);
        Options.Add(_expected);
        Options.Add(_bisect);
        Options.Add(_record);
        Options.Add(_ids);
        Options.Add(_text);
        Options.Add(_force);
        Options.Add(_adapters);
        _tokenizer.AddTo(this);
        _compute.AddTo(this);
        Validators.Add(result =>
        {
            bool records = result.GetResult(_record) is not null;
            int inputs = (result.GetResult(_ids) is null ? 0 : 1) + (result.GetResult(_text) is null ? 0 : 1);
            if (records && inputs != 1)
            {
                result.AddError("`--record` needs one of `--ids FILE` and `--text FILE`");
            }

            if (!records && inputs > 0)
            {
                result.AddError("`--ids` and `--text` belong to `--record FILE`");
            }

            if (records && (result.GetResult(_expected) is not null || result.GetResult(_bisect) is { Implicit: false }))
            {
                result.AddError("`--record` writes reference outputs: it takes neither `--expected` nor `--bisect`");
            }
        });
        SetAction((parsed, cancellation) => RunAsync(services, Read(parsed), cancellation));
    }

    public override string Details =>
        "Runs the checkpoint on the ids of a reference file and compares logits, and states where the file has them, at the " +
        "tolerance of each; `--record` writes such a file. `--bisect` names the first layer and half where the difference begins. " +
        "With `--adapter` the reference is that of the adapter's folder, and it runs beside the weights and merged into them. " +
        "The exit code is 1 where anything differs; with `--quiet` it is the whole answer.";

    public override IReadOnlyList<Example> Examples =>
    [
        new("layertool verify MODEL --expected reference.safetensors --bisect", "Where does this machine leave the reference?"),
        new("layertool verify MODEL --record reference.safetensors --text story.txt", "Make a reference for another machine"),
    ];

    internal static Task<int> RunAsync(Services services, Request request, CancellationToken cancellation) => Task.Run(
        () =>
        {
            OpenModel model = new ModelOpener(services.Reporter).Open(request.Model, request.Adapters);
            return request.Record is string file ? Record(services, request, model, file, cancellation) : Verify(services, request, model, cancellation);
        },
        cancellation);

    private static int Verify(Services services, Request request, OpenModel model, CancellationToken cancellation)
    {
        string beside = request.Adapters is [NamedSource adapter] ? adapter.Model : model.Sources.Main.Folder;
        string file = request.Expected ?? Path.Combine(beside, "expected.safetensors");
        using ExpectedOutputs expected = ExpectedOutputs.Open(file);
        bool edited = model.Plan != LayerPlan.Identity(model.LayerCount);
        ImmutableArray<Finding> findings;
        using (Output.ProgressLine progress = services.Reporter.StartProgress())
        {
            findings = AdapterVerifier.Reads(expected)
                ? AdapterVerifier.Run(model.Sources, model.Plan, model.Adapters, expected, request.Compute, progress, cancellation)
                : Verifier.Run(model.Sources, edited ? model.Plan : null, expected, request.Compute, progress, cancellation, model.Adapters);
        }

        bool holds = findings.All(finding => finding.Holds);
        if (!services.Reporter.Settings.Quiet)
        {
            services.Reporter.Show(new VerifyReport(model.Name, file, findings, request.Bisect));
        }

        return holds ? ExitCodes.Success : ExitCodes.Failed;
    }

    private static int Record(Services services, Request request, OpenModel model, string file, CancellationToken cancellation)
    {
        ImmutableArray<ImmutableArray<int>> rows = request.Ids is string ids ? ReadRows(ids) : Tokenize(services, model, request);
        using (Output.ProgressLine progress = services.Reporter.StartProgress())
        {
            ReferenceRecorder.Record(model.Sources, model.Plan, rows, request.Compute, file, request.Force, model.Adapters, progress, cancellation);
        }

        services.Reporter.Note($"wrote {file} and {Path.ChangeExtension(file, ".json")}: {Counted.Of(rows.Length, "row")}, {Counted.Of(rows.Sum(row => row.Length), "token")}");
        return ExitCodes.Success;
    }

    private static ImmutableArray<ImmutableArray<int>> ReadRows(string file) =>
        DocumentFile.Open(file).TokenRows ?? throw new LayerToolException(
            $"{file}: holds text, expected rows of token ids",
            "write `[[1, 2, 3], [4, 5]]`, or an object with such a list under `ids`; text goes to `--text`");

    private static ImmutableArray<ImmutableArray<int>> Tokenize(Services services, OpenModel model, Request request)
    {
        Tokenizer tokenizer = new TokenizerOpener(services.Reporter, model, request.Tokenizer).Open();
        ImmutableArray<ImmutableArray<int>> rows =
        [
            .. DocumentFile.Open(request.Text!).Documents().Select(document => tokenizer.Encode(document, addSpecialTokens: true).ToImmutableArray()).Where(row => !row.IsEmpty),
        ];
        return rows.IsEmpty ? throw new LayerToolException($"{request.Text}: gives no tokens", "give a file with text in it") : rows;
    }

    private Request Read(ParseResult parsed) => new(
        parsed.GetRequiredValue(_model),
        parsed.GetValue(_adapters) ?? [],
        parsed.GetValue(_expected),
        parsed.GetValue(_bisect),
        parsed.GetValue(_record),
        parsed.GetValue(_ids),
        parsed.GetValue(_text),
        parsed.GetValue(_force),
        _tokenizer.Read(parsed),
        _compute.Read(parsed));

    internal sealed record Request(
        string Model, IReadOnlyList<NamedSource> Adapters, string? Expected, bool Bisect, string? Record, string? Ids, string? Text, bool Force, TokenizerMode Tokenizer, ComputeSettings Compute);
}
