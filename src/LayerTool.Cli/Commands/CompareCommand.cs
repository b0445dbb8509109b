using System.Collections.Immutable;
using System.CommandLine;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Measuring;
using LayerTool.Cli.Options;
using LayerTool.Cli.Output;
using LayerTool.Evaluation;
using LayerTool.Faults;
using LayerTool.Models;
using LayerTool.Tensors;

namespace LayerTool.Cli.Commands;

/// <summary><c>layertool compare</c>: what two models or plans predict, side by side.</summary>
internal sealed class CompareCommand : Verb
{
    private readonly Argument<string> _left = ModelArgument.Create();
    private readonly Argument<string> _right = new("OTHER") { Description = "What it is compared with", CustomParser = result => Syntax.Path(result) };
    private readonly TextOptions _text = new(required: true);
    private readonly AdaptersOption _adapters = new();
    private readonly ComputeOptions _compute = new();

    public CompareCommand(Services services)
        : base("compare", "Compare what two models or plans predict on text")
    {
        Arguments.Add(_left);
        Arguments.Add(_right);
        Options.Add(_adapters);
        _text.AddTo(this);
        _compute.AddTo(this);
        SetAction((parsed, cancellation) => RunAsync(services, Read(parsed), cancellation));
    }

    public override string Details =>
        "Both run over the same windows. Shown are the loss of each, the divergence KL(MODEL, OTHER) of the next token's " +
        "distribution in nats, how often both find the same token likeliest, and the cosine of the states behind slots that play " +
        "the same layer: the k-th play of a layer with the k-th. `--adapter` is for the second. Weights that both use are held once.";

    public override IReadOnlyList<Example> Examples =>
    [
        new("layertool compare MODEL plan.json --text wiki.jsonl", "How far does an edit change the predictions, and where do the states part?"),
        new("layertool compare BASE POST --text wiki.jsonl --packed --seq 512 --limit 8", "What post-training changed, on 8 windows"),
    ];

    internal static Task<int> RunAsync(Services services, Request request, CancellationToken cancellation) => Task.Run(
        () =>
        {
            ModelOpener opener = new(services.Reporter);
            OpenModel left = opener.Open(request.Left);
            OpenModel right = opener.Open(request.Right, request.Adapters);
            IReadOnlyList<EvaluationText> texts = Prepare(services.Reporter, left, left, request.Text, cancellation);
            CheckFits(services.Reporter, texts, left, right, request.Text, cancellation);
            bool shared = left.Runs(right);
            using Decoder decoder = left.OpenDecoder(request.Compute, other: shared ? right : null);
            using Decoder? own = shared ? null : right.OpenDecoder(request.Compute);
            Decoder other = own ?? decoder;
            bool comparable = decoder.Config.HiddenSize == other.Config.HiddenSize;
            ImmutableArray<SlotPair> pairs = comparable ? SlotPair.Match(left.Plan, left.Sources, right.Plan, right.Sources) : [];
            CompareReport report = new(left, right, pairs, RunSettings.Of(decoder, request.Compute));
            foreach (EvaluationText text in texts)
            {
                using ProgressLine progress = services.Reporter.StartProgress();
                report.Add(text, PlanComparer.Compare(
                    new ComparedPlan(decoder, left.Plan), new ComparedPlan(other, right.Plan), pairs, text.Text, request.Text.Options.BatchSize, progress, cancellation));
            }

            services.Reporter.Show(report);
            if (!comparable)
            {
                services.Reporter.Note($"states are not compared: they have {decoder.Config.HiddenSize} and {other.Config.HiddenSize} values");
            }

            return ExitCodes.Success;
        },
        cancellation);

    private static IReadOnlyList<EvaluationText> Prepare(
        Reporter reporter, OpenModel model, OpenModel tokenizerOf, TextRequest text, CancellationToken cancellation) =>
        new TextEvaluator(reporter, model, new TokenizerOpener(reporter, tokenizerOf, text.Tokenizer), text.Options, text.Column)
            .Prepare(text.Files, cancellation);

    // The windows are the first model's; they must say the same to the other one, and not be too long for it.
    private static void CheckFits(
        Reporter reporter, IReadOnlyList<EvaluationText> texts, OpenModel left, OpenModel right, TextRequest text, CancellationToken cancellation)
    {
        if (left.Sources.Main.Folder == right.Sources.Main.Folder)
        {
            return;
        }

        foreach ((EvaluationText own, EvaluationText others) in texts.Zip(Prepare(reporter, left, right, text, cancellation)))
        {
            if (!own.Text.Windows.Select(Ids).SequenceEqual(others.Text.Windows.Select(Ids)))
            {
                throw new LayerToolException(
                    $"the tokenizers of {left.Name} and {right.Name} give different ids for `{own.Name}`",
                    "two models can be compared where they predict the same tokens; `eval` gives the perplexity of each");
            }
        }

        int longest = texts.Max(one => one.Text.Windows.Max(window => window.InputLength));
        int context = right.Sources.Main.Config.ContextLength;
        if (longest > context && !text.Options.AllowBeyondContext)
        {
            throw new LayerToolException(
                $"windows have up to {longest} tokens; {right.Name} was made for {context}", "lower `--seq`, or allow it with `--allow-beyond-context`");
        }
    }

    private static string Ids(TokenWindow window) => string.Join(' ', window.Ids.ToArray());

    // Whether all of the other's checkpoints are there already, under the same names: then weights are held once.
    private Request Read(ParseResult parsed) =>
        new(parsed.GetRequiredValue(_left), parsed.GetRequiredValue(_right), parsed.GetValue(_adapters) ?? [], _text.Read(parsed), _compute.Read(parsed));

    internal sealed record Request(string Left, string Right, IReadOnlyList<NamedSource> Adapters, TextRequest Text, ComputeSettings Compute);
}
