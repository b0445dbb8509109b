using System.Collections.Immutable;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Measuring;
using LayerTool.Cli.Options;
using LayerTool.Cli.Output;
using LayerTool.Evaluation;
using LayerTool.Evaluation.Likelihood;
using LayerTool.Evaluation.Samples;
using LayerTool.Faults;
using LayerTool.Models;
using LayerTool.Plans;

namespace LayerTool.Cli.Commands;

/// <summary>
/// One run of <c>eval</c>: opens the model and what it is measured against, reads texts and tasks before a weight is loaded, then
/// measures. Plans of one set of checkpoints run together and share weights and states.
/// </summary>
internal sealed class EvalSession : IDisposable
{
    private readonly Reporter _reporter;
    private readonly EvalCommand.Request _request;
    private readonly OpenModel? _other; // with weights of its own
    private readonly OpenModel? _sharing; // of the model's own weights
    private Decoder? _decoder;
    private Decoder? _otherDecoder;

    /// <summary>Opens the models.</summary>
    /// <exception cref="LayerToolException">A model or plan is not there, or not sound.</exception>
    public EvalSession(Reporter reporter, EvalCommand.Request request)
    {
        _reporter = reporter;
        _request = request;
        ModelOpener opener = new(reporter);
        Model = opener.Open(request.Model!, request.Adapters);
        List<NamedPlan> plans = [];
        foreach (PlanText text in request.PlanList is string list ? [.. request.Plans, .. PlanListFile.Read(list)] : request.Plans)
        {
            PlanFile plan = text.Read();
            Model = text.File is string file ? opener.Join(Model, plan, file) : Model;
            plans.Add(new NamedPlan(text.File ?? PlanNotation.Print(plan.Plan), Model.Adapted(plan.Plan)));
        }

        if (plans.Count == 0)
        {
            plans.Add(new NamedPlan(Model.Name, Model.Plan));
        }

        if (request.Against is string against)
        {
            OpenModel other = opener.Open(against);
            bool shared = Model.Runs(other);
            _other = shared ? null : other;
            _sharing = shared ? other : null;
            plans.Add(new NamedPlan(against, other.Plan));
        }

        foreach (NamedPlan plan in _other is null ? plans : plans[..^1])
        {
            (plan.Plan == _sharing?.Plan ? _sharing : Model).Check(plan.Plan);
        }

        Model.RequireRun();
        _other?.RequireRun();
        Plans = [.. plans];
    }

    /// <summary>The model.</summary>
    public OpenModel Model { get; }

    /// <summary>What is measured; that of another set of checkpoints stands at the end.</summary>
    public ImmutableArray<NamedPlan> Plans { get; }

    private TaskRunOptions Options => new()
    {
        Likelihood = new LikelihoodSettings { BatchSize = _request.Text.Options.BatchSize, SoftmaxInModelDtype = _request.Harness.SoftmaxInModelDtype },
        Bos = _request.Text.Options.Bos,
        RollingBos = _request.Text.Options.RollingBos,
        MaxLength = _request.Harness.MaxLength,
        BootstrapIterations = _request.Harness.BootstrapIterations,
    };

    /// <summary>Measures everything that is asked for.</summary>
    public EvalReport Run(CancellationToken cancellation)
    {
        if (_request.Harness.Limit < 1 && _request.Text.Files.Count > 0)
        {
            throw new LayerToolException("`--limit` below 1 is a part of a task's documents, and `--text` takes a number of them", "give a whole number");
        }

        TextEvaluator texts = Texts(Model);
        IReadOnlyList<EvaluationText> ownTexts = texts.Prepare(_request.Text.Files, cancellation);
        TaskEvaluator tasks = Tasks(Model);
        PreparedTasks prepared = tasks.Prepare(cancellation);
        IReadOnlyList<EvaluationText> otherTexts = _other is null ? [] : Texts(_other).Prepare(_request.Text.Files, cancellation);
        PreparedTasks? otherPrepared = _other is null ? null : Tasks(_other).Prepare(cancellation);
        IReadOnlyList<MeasureDiversity> ownDiversity = Diversity(Model).Prepare();
        IReadOnlyList<MeasureDiversity> otherDiversity = _other is null ? [] : Diversity(_other).Prepare();

        _decoder = Model.OpenDecoder(_request.Compute, other: _sharing);
        _otherDecoder = _other?.OpenDecoder(_request.Compute);
        NamedPlan[] own = [.. Plans.Take(_other is null ? Plans.Length : Plans.Length - 1)];
        EvalReport report = new(Model, Plans, _request, RunSettings.Of(_decoder, _request.Compute));
        for (int text = 0; text < ownTexts.Count; text++)
        {
            ImmutableArray<PerplexityResult> results = texts.Measure(_decoder, [.. own.Select(plan => plan.Plan)], ownTexts[text], cancellation);
            report.Add(ownTexts[text], _otherDecoder is null ? results : [.. results, .. Texts(_other!).Measure(_otherDecoder, [_other!.Plan], otherTexts[text], cancellation)]);
        }

        if (!prepared.Tasks.IsEmpty)
        {
            TaskRunResult result = tasks.Run(_decoder, own, prepared, Options, cancellation);
            TaskRunResult? others = _otherDecoder is null ? null : Tasks(_other!).Run(_otherDecoder, [Plans[^1]], otherPrepared!, Options, cancellation);
            report.Add(prepared, others is null ? result : result with
            {
                ByPlan = [.. result.ByPlan, .. others.ByPlan],
                Duration = result.Duration + others.Duration,
            });
        }

        for (int prompts = 0; prompts < ownDiversity.Count; prompts++)
        {
            DiversityResult result = ownDiversity[prompts](_decoder, [.. own.Select(plan => plan.Plan)], cancellation);
            report.Add(_otherDecoder is null ? result : result.With(otherDiversity[prompts](_otherDecoder, [_other!.Plan], cancellation)));
        }

        return report;
    }

    /// <summary>Asks the requests of a file of samples again.</summary>
    /// <param name="file">The file.</param>
    /// <param name="cancellation">Checked in front of each slot.</param>
    public ReplayReport Replay(string file, CancellationToken cancellation)
    {
        LoggedSamples samples = LoggedSamples.Read(file, _request.Harness.Limit);
        _decoder = Model.OpenDecoder(_request.Compute);
        TaskEvaluator tasks = new(_reporter, Model, Tokenizer(Model), _request.Harness with { Samples = null });
        TaskRunResult result = tasks.Run(_decoder, [Plans[0]], new PreparedTasks([samples.Task], []), Options, cancellation);
        return new ReplayReport(file, samples.Answers.Length, Evaluation.Samples.Replay.Compare(samples, result.ByPlan[0][0]), RunSettings.Of(_decoder, _request.Compute));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _decoder?.Dispose();
        _otherDecoder?.Dispose();
    }

    private TextEvaluator Texts(OpenModel model) => new(_reporter, model, Tokenizer(model), _request.Text.Options, _request.Text.Column);

    // The samples of another model lie beside those of the first.
    private TaskEvaluator Tasks(OpenModel model) => new(
        _reporter,
        model,
        Tokenizer(model),
        model == _other && _request.Harness.Samples is string folder
            ? _request.Harness with { Samples = Path.Combine(folder, Plans[^1].FolderName) }
            : _request.Harness);

    private DiversityEvaluator Diversity(OpenModel model) => new(_reporter, model, Tokenizer(model), _request.Diversity);

    private TokenizerOpener Tokenizer(OpenModel model) => new(_reporter, model, _request.Text.Tokenizer);
}
