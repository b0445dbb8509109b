using System.CommandLine;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Measuring;
using LayerTool.Cli.Options;
using LayerTool.Evaluation;
using LayerTool.Models;
using LayerTool.Tensors;
using LayerTool.Tokenization;

namespace LayerTool.Cli.Commands;

/// <summary><c>layertool eval</c>: perplexity of a model or plan on text files.</summary>
internal sealed class EvalCommand : Verb
{
    private readonly Argument<string> _model = ModelArgument.Create();

    private readonly PathsOption _texts = new("--text")
    {
        Description = "Text file: txt (one document), jsonl or parquet (one a row); may be given again",
        HelpName = "file",
        Required = true,
    };

    private readonly Option<string?> _column = new("--column")
    {
        Description = "Column of the text in jsonl and parquet; `text`, else `page`, else the only one of strings",
        HelpName = "name",
    };

    private readonly Option<bool> _packed = new("--packed")
    {
        Description = "As pruning papers do: documents joined by a blank line, tokenised once, cut into windows; otherwise by document, as lm-evaluation-harness does",
    };

    private readonly Option<int?> _length = new("--seq")
    {
        Description = "Tokens of a window; the model's context where absent (with --packed at most 2048)",
        HelpName = "N",
        CustomParser = Syntax.Count(),
    };

    private readonly Option<bool> _allowBeyondContext = new("--allow-beyond-context")
    {
        Description = "Let `--seq` be longer than the context that the model was made for",
    };

    private readonly Option<int?> _limit = new("--limit")
    {
        Description = "Use only the first N documents (with --packed: windows)",
        HelpName = "N",
        CustomParser = Syntax.Count(),
    };

    private readonly Option<BosRule> _bos = new("--bos")
    {
        Description = "Whether texts begin with BOS: `tokenizer` (as it does by itself; packed: no), `always` (packed: once, in front of the whole), `never`",
        HelpName = "rule",
        CustomParser = Syntax.OneOf(("tokenizer", BosRule.Tokenizer), ("always", BosRule.Always), ("never", BosRule.Never)),
    };

    private readonly Option<RollingBos> _rollingBos = new("--rolling-bos")
    {
        Description = "Before a document whose tokenizer adds BOS: `as-lmeval` (twice, as the harness does) or `once`",
        HelpName = "rule",
        CustomParser = Syntax.OneOf(("as-lmeval", RollingBos.AsLmEval), ("once", RollingBos.Once)),
    };

    private readonly Option<int?> _batchSize = new("--batch-size")
    {
        Description = "Windows that run side by side",
        HelpName = "N",
        CustomParser = Syntax.Count(),
    };

    private readonly TokenizerOption _tokenizer = new();
    private readonly ComputeOptions _compute = new();

    public EvalCommand(Services services)
        : base("eval", "Measure the perplexity of a model or plan on text")
    {
        Arguments.Add(_model);
        foreach (Option option in (Option[])[_texts, _column, _packed, _length, _allowBeyondContext, _limit, _bos, _rollingBos, _batchSize])
        {
            Options.Add(option);
        }

        _tokenizer.AddTo(this);
        _compute.AddTo(this);
        SetAction((parsed, cancellation) => RunAsync(services, Read(parsed), cancellation));
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("layertool eval MODEL --text wiki.jsonl", "Perplexity of tokens, words and bytes, by document"),
        new("layertool eval plan.json --text wiki.jsonl --packed --seq 2048 --limit 16", "As the pruning papers measure it, of a plan"),
    ];

    internal static Task<int> RunAsync(Services services, Request request, CancellationToken cancellation) => Task.Run(
        () =>
        {
            OpenModel model = new ModelOpener(services.Reporter).Open(request.Model);
            TokenizerOpener tokenizer = new(services.Reporter, model, request.Tokenizer);
            TextEvaluator evaluator = new(services.Reporter, model, tokenizer, request.Options, request.Column);
            IReadOnlyList<EvaluationText> texts = evaluator.Prepare(request.Texts, cancellation);
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

    private Request Read(ParseResult parsed) => new(
        parsed.GetRequiredValue(_model),
        parsed.GetRequiredValue(_texts),
        parsed.GetValue(_column),
        new PerplexityOptions
        {
            Packed = parsed.GetValue(_packed),
            WindowLength = parsed.GetValue(_length),
            AllowBeyondContext = parsed.GetValue(_allowBeyondContext),
            Limit = parsed.GetValue(_limit),
            Bos = parsed.GetValue(_bos),
            RollingBos = parsed.GetValue(_rollingBos),
            BatchSize = parsed.GetValue(_batchSize),
        },
        _tokenizer.Read(parsed),
        _compute.Read(parsed));

    internal sealed record Request(
        string Model, IReadOnlyList<string> Texts, string? Column, PerplexityOptions Options, TokenizerMode Tokenizer, ComputeSettings Compute);
}
