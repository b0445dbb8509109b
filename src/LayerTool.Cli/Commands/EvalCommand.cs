using System.CommandLine;
using System.CommandLine.Parsing;
using LayerTool.Cli.Measuring;
using LayerTool.Cli.Options;
using LayerTool.Tensors;

namespace LayerTool.Cli.Commands;

/// <summary><c>layertool eval</c>: tasks of lm-evaluation-harness, perplexity on text files and diversity, of a model or of several plans.</summary>
internal sealed class EvalCommand : Verb
{
    private readonly Argument<string?> _model = ModelArgument.CreateOptional();
    private readonly PlansOption _plans = new();

    private readonly PathOption _planList = new("--plans")
    {
        Description = "File with one plan a line, each notation or a plan file",
        HelpName = "file",
    };

    private readonly PathOption _against = new("--against")
    {
        Description = "Another model or plan, measured on the same documents: the difference is shown with its interval",
        HelpName = "model",
    };

    private readonly TextOptions _text = new(required: false);
    private readonly HarnessOptions _harness = new();
    private readonly DiversityOptions _diversity = new();
    private readonly AdaptersOption _adapters = new();
    private readonly ComputeOptions _compute = new();

    public EvalCommand(Services services)
        : base("eval", "Measure a model or plans on tasks and on text, and how diverse its answers are")
    {
        Arguments.Add(_model);
        _harness.AddTo(this);
        AddGroup("Plans", _plans, _planList, _against, _adapters);
        _text.AddTo(this);
        _diversity.AddTo(this);
        _compute.AddTo(this);
        Validators.Add(CheckAsked);
        SetAction((parsed, cancellation) => RunAsync(services, Read(parsed), cancellation));
    }

    public override string Details =>
        "`--tasks` gives the numbers of lm-evaluation-harness 0.4.13: its prompts, shots, token ids, metrics and standard errors. " +
        "Choices of a question share the states of their context, prompts those of equal beginnings, plans those of the slots that " +
        "they begin with. `--text` takes perplexity: by document, as the harness does, every token predicted once in windows of the " +
        "model's context; with `--packed`, as pruning papers do, documents joined by a blank line, tokenised once and cut into disjoint " +
        "windows. Losses are summed in float32 or wider. `--diversity` says how different answers are: by the entropy of the next token " +
        "among valid ones, or by distinct-n, self-BLEU, unique answers and pass@k of drawn ones. `--json` prints the harness's own form.";

    public override IReadOnlyList<Example> Examples =>
    [
        new("layertool eval MODEL --tasks arc_easy,hellaswag --num-fewshot 5 --data data", "Tasks, from files in a folder"),
        new("layertool eval MODEL --plan 0-29 --plan 0-24,29 --text wiki.jsonl --diversity crc", "Two plans, what they share computed once"),
    ];

    internal static Task<int> RunAsync(Services services, Request request, CancellationToken cancellation) => Task.Run(
        () =>
        {
            if (request.ListsTasks)
            {
                services.Reporter.Show(new TaskListReport(request.Harness));
                return ExitCodes.Success;
            }

            using EvalSession session = new(services.Reporter, request);
            if (request.Harness.Replay is string samples)
            {
                services.Reporter.Show(session.Replay(samples, cancellation));
                return ExitCodes.Success;
            }

            session.Run(cancellation).Show(services.Reporter);
            return ExitCodes.Success;
        },
        cancellation);

    private Request Read(ParseResult parsed)
    {
        ComputeSettings compute = _compute.Read(parsed);
        double? limit = _text.Limit(parsed);
        HarnessRequest harness = _harness.Read(parsed) with { Limit = limit };
        return new Request(
            parsed.GetValue(_model),
            parsed.GetValue(_harness.List),
            parsed.GetValue(_plans) ?? [],
            parsed.GetValue(_planList),
            parsed.GetValue(_against),
            parsed.GetValue(_adapters) ?? [],
            _text.Read(parsed),
            _compute.GivesSeed(parsed) ? harness with { Seed = compute.Seed } : harness,
            _diversity.Read(parsed, compute.Seed),
            compute);
    }

    // Presence alone: what the values are is known once they have parsed.
    private void CheckAsked(CommandResult result)
    {
        bool Given(Option option) => result.GetResult(option) is { Implicit: false };
        if (Given(_harness.List))
        {
            return;
        }

        if (result.GetResult(_model) is not { Tokens.Count: > 0 })
        {
            result.AddError(UsageErrors.WithHint("`MODEL` is missing", "name a checkpoint folder, a plan file or a repository id"));
        }
        else if (!Given(_harness.Tasks) && !Given(_text.Files) && !Given(_diversity.Prompts) && !Given(_harness.Replay))
        {
            result.AddError(UsageErrors.WithHint("nothing to measure on", "name tasks with `--tasks`, text files with `--text`, prompts with `--diversity`, or a file of samples with `--replay`"));
        }
    }

    /// <param name="Model">The model; null where only the tasks are listed.</param>
    /// <param name="ListsTasks">Whether only the tasks are listed.</param>
    /// <param name="Plans">Plans of the command line.</param>
    /// <param name="PlanList">File of more plans, or null.</param>
    /// <param name="Against">Another model, or null.</param>
    /// <param name="Adapters">Adapters that the model runs with.</param>
    /// <param name="Text">Text files.</param>
    /// <param name="Harness">Tasks.</param>
    /// <param name="Diversity">Prompts whose answers are compared.</param>
    /// <param name="Compute">Where and how it is computed.</param>
    internal sealed record Request(
        string? Model,
        bool ListsTasks,
        IReadOnlyList<PlanText> Plans,
        string? PlanList,
        string? Against,
        IReadOnlyList<NamedSource> Adapters,
        TextRequest Text,
        HarnessRequest Harness,
        DiversityRequest Diversity,
        ComputeSettings Compute);
}
