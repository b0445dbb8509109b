using System.CommandLine;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Measuring;
using LayerTool.Cli.Options;
using LayerTool.Models;
using LayerTool.Tensors;

namespace LayerTool.Cli.Commands;

/// <summary><c>layertool eval</c>: perplexity of a model or plan on text files.</summary>
internal sealed class EvalCommand : Verb
{
    private readonly Argument<string> _model = ModelArgument.Create();

    private readonly TextOptions _text = new();
    private readonly ComputeOptions _compute = new();

    public EvalCommand(Services services)
        : base("eval", "Measure the perplexity of a model or plan on text")
    {
        Arguments.Add(_model);
        _text.AddTo(this);
        _compute.AddTo(this);
        SetAction((parsed, cancellation) => RunAsync(services, Read(parsed), cancellation));
    }

    public override string Details =>
        "By document, as lm-evaluation-harness takes it: every token of a document is predicted once, in windows of the model's " +
        "context. With `--packed`, as pruning papers do: documents are joined by a blank line, tokenised once and cut into " +
        "disjoint windows. Losses are summed in float32 or wider. `--json` prints the harness's own form.";

    public override IReadOnlyList<Example> Examples =>
    [
        new("layertool eval MODEL --text wiki.jsonl", "Perplexity of tokens, words and bytes, by document"),
        new("layertool eval plan.json --text wiki.jsonl --packed --seq 2048 --limit 16", "As the pruning papers measure it, of a plan"),
    ];

    internal static Task<int> RunAsync(Services services, Request request, CancellationToken cancellation) => Task.Run(
        () =>
        {
            OpenModel model = new ModelOpener(services.Reporter).Open(request.Model);
            TokenizerOpener tokenizer = new(services.Reporter, model, request.Text.Tokenizer);
            TextEvaluator evaluator = new(services.Reporter, model, tokenizer, request.Text.Options, request.Text.Column);
            IReadOnlyList<EvaluationText> texts = evaluator.Prepare(request.Text.Files, cancellation);
            using Decoder decoder = Decoder.Open(model.Sources, request.Compute);
            EvalReport report = new(model, request, RunSettings.Of(decoder, request.Compute));
            foreach (EvaluationText text in texts)
            {
                report.Add(text, evaluator.Measure(decoder, model.Plan, text, cancellation));
            }

            report.Show(services.Reporter);
            return ExitCodes.Success;
        },
        cancellation);

    private Request Read(ParseResult parsed) => new(parsed.GetRequiredValue(_model), _text.Read(parsed), _compute.Read(parsed));

    internal sealed record Request(string Model, TextRequest Text, ComputeSettings Compute);
}
