using System.Collections.Immutable;
using System.Globalization;
using LayerTool.Adapters;
using LayerTool.Checkpoints;
using LayerTool.Cli.Measuring;
using LayerTool.Cli.Options;
using LayerTool.Cli.Output;
using LayerTool.Data;
using LayerTool.Evaluation;
using LayerTool.Evaluation.Likelihood;
using LayerTool.Faults;
using LayerTool.Files;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Saving;

namespace LayerTool.Cli.Editing;

/// <summary>
/// The path that every command which edits layers goes: open the sources → edit → show → measure → write. The command makes the
/// edit, and may add parts of its own to the report before it finishes. Weights are loaded at most once.
/// </summary>
internal sealed class EditSession : IDisposable
{
    private readonly Services _services;
    private readonly EditRequest _request;
    private readonly ModelOpener _opener;
    private readonly Lazy<Decoder> _decoder;
    private readonly Lazy<CalibrationSet> _calibration;
    private readonly Dictionary<Checkpoint, string> _hashes = [];

    private EditSession(Services services, EditRequest request, ModelOpener opener, OpenModel model)
    {
        _services = services;
        _opener = opener;
        _request = request;
        Model = model;
        Report = new SectionedReport(services.Reporter, "layertool.edit/1");
        Tokenizer = new TokenizerOpener(services.Reporter, model, request.Eval.Tokenizer);
        Settings = new PlanSettings(request.Compute);
        _decoder = new Lazy<Decoder>(() => model.OpenDecoder(request.Compute, request.Out.Choices.MergeAdapters ? AdapterMode.MergedAsSaved : AdapterMode.Applied));
        _calibration = new Lazy<CalibrationSet>(() => CalibrationOpener.Open(services.Reporter, model, request.Calibration, Tokenizer));
    }

    /// <summary>The sources, and the plan before the edit.</summary>
    public OpenModel Model { get; private set; }

    /// <summary>What is printed.</summary>
    public SectionedReport Report { get; }

    /// <summary>The scores that the command chose layers by, for provenance; null where it needed none.</summary>
    public PlanScores? Scores { get; set; }

    /// <summary>What the results depend on, for provenance.</summary>
    public PlanSettings Settings { get; }

    /// <summary>The calibration text; read where layers are chosen by it.</summary>
    public CalibrationSet Calibration => _calibration.Value;

    /// <summary>The decoder over the sources; the first use loads the native library.</summary>
    public Decoder Decoder => _decoder.Value;

    /// <summary>The model's tokenizer; opened where text is read.</summary>
    public TokenizerOpener Tokenizer { get; }

    /// <summary>Opens the sources.</summary>
    /// <exception cref="LayerToolException">A source is missing or at fault.</exception>
    public static EditSession Open(Services services, EditRequest request) => Open(services, request, opener => opener.Open(request.Model!));

    /// <summary>Opens the sources that the command finds by itself.</summary>
    /// <param name="services">Reporter and command line.</param>
    /// <param name="request">What becomes of the edit.</param>
    /// <param name="open">Opens them.</param>
    /// <exception cref="LayerToolException">A source is missing or at fault.</exception>
    public static EditSession Open(Services services, EditRequest request, Func<ModelOpener, OpenModel> open)
    {
        EvalTexts.Check(request.Eval.Texts, request.Eval.Tasks.Tasks);
        if (request.Out.PlanFile is string file)
        {
            OutputFile.Check(file, request.Out.Force);
        }

        ModelOpener opener = new(services.Reporter);
        EditSession session = new(services, request, opener, ModelOpener.Adapt(open(opener), request.Adapters));
        if (request.Eval.Measures)
        {
            session.Model.RequireRun();
        }

        if (request.Out.Folder is string folder)
        {
            // Once more when the plan is known; but an edit may take long to find its plan.
            OutputPlace.Check(folder, session.Model.Sources.Select(source => source.Value.Folder), request.Out.Force);
        }

        return session;
    }

    /// <summary>The layers of the main checkpoint that a list names; what was understood is said.</summary>
    /// <param name="layers">The list as it was written.</param>
    public ImmutableArray<int> Named(LayerList layers) => Named(layers, "layers");

    /// <summary>The layers of the main checkpoint whose halves a list names, all of which have that half.</summary>
    /// <param name="layers">The list as it was written.</param>
    /// <param name="half">The half that is meant.</param>
    /// <exception cref="LayerToolException">A layer lacks that half in its checkpoint.</exception>
    public ImmutableArray<int> Named(LayerList layers, LayerHalves half)
    {
        string name = half == LayerHalves.Attention ? "attention" : "MLP";
        ImmutableArray<int> named = Named(layers, $"{name} of layers");
        LayerNaming naming = Model.Sources.Main.Layers;
        return named.Any(layer => !naming.Halves(layer).HasFlag(half))
            ? throw new LayerToolException(
                $"{Model.Sources.Main.Folder}: layer {named.First(layer => !naming.Halves(layer).HasFlag(half))} has no {name} that runs",
                $"its {name} runs in the layers {LayerList.Print(Enumerable.Range(0, Model.LayerCount).Where(layer => naming.Halves(layer).HasFlag(half)))}")
            : named;
    }

    /// <summary>Adds a checkpoint that the plan may take layers from.</summary>
    /// <param name="name">Its name in the plan.</param>
    /// <param name="model">A folder or a repository id.</param>
    /// <param name="allowConfigMismatch">Whether its config may differ where the shapes fit.</param>
    /// <exception cref="LayerToolException">It is not there, its layers do not fit, or the name is taken.</exception>
    public void AddSource(string name, string model, bool allowConfigMismatch) =>
        Model = _opener.Add(Model, name, model, allowConfigMismatch);

    /// <summary>Takes over a plan: of a file also the sources that it names, and the commands that led to it.</summary>
    /// <param name="text">The plan as the command line gives it.</param>
    /// <param name="allowConfigMismatch">Whether the config of its sources may differ where the shapes fit.</param>
    /// <exception cref="LayerToolException">The file or a source is at fault.</exception>
    public LayerPlan Take(PlanText text, bool allowConfigMismatch)
    {
        PlanFile plan = text.Read();
        Model = text.File is string file ? _opener.Join(Model, plan, file, allowConfigMismatch) : Model;
        return Model.Adapted(plan.Plan);
    }

    /// <summary>A name that no source has yet: the one wished for, or that with a number.</summary>
    public string FreeName(string wish)
    {
        string name = wish;
        for (int number = 2; Model.Sources.Find(name) is not null; number++)
        {
            name = string.Create(CultureInfo.InvariantCulture, $"{wish}{number}");
        }

        return name;
    }

    /// <summary>Shows the edited plan, measures it and writes it, as far as the request asks.</summary>
    /// <param name="after">The plan after the edit.</param>
    /// <param name="cancellation">Looked at between batches and between tensors.</param>
    /// <returns>The exit code.</returns>
    public int Finish(LayerPlan after, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Model.Check(after);
        if (_request.Calibration.File is not null && !_calibration.IsValueCreated)
        {
            _services.Reporter.Note("`--calib` has no use here: the layers are named, and none is chosen by score");
        }

        Report.Add("plan", PlanSection.Compare(Model, after));
        Materializer? materializer = _request.Out.Folder is string folder ? new Materializer(_services, Model, folder, _request.Out with { Choices = _request.Out.Choices with { Adapters = Model.Adapters, Compute = _request.Compute } }) : null;
        SavePlan? prepared = materializer?.Check(after, cancellation);
        if (_request.OnlyShows)
        {
            _services.Reporter.Note("nothing is written or measured: `--out FOLDER`, `--plan-out FILE`, `--eval FILE` do that");
        }
        else
        {
            Measure(after, cancellation);
            WritePlan(after, cancellation);
            if (materializer is not null && prepared is not null)
            {
                Report.Add("saved", materializer.Write(after, prepared, Record(after, Path.GetFullPath(materializer.Folder), cancellation), cancellation));
            }
        }

        Report.Finish();
        return ExitCodes.Success;
    }

    /// <summary>Measures the plan before and the plan after, as far as the request asks.</summary>
    /// <param name="after">The plan after the edit.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    public void Measure(LayerPlan after, CancellationToken cancellation)
    {
        EvalRequest request = _request.Eval;
        if (request.Texts.Count > 0)
        {
            TextEvaluator evaluator = new(_services.Reporter, Model, Tokenizer, new PerplexityOptions { Limit = request.Limit, BatchSize = request.BatchSize });
            IReadOnlyList<EvaluationText> texts = evaluator.Prepare(request.Texts, cancellation);
            foreach (EvaluationText text in texts)
            {
                Settings.AddData("evaluation", text.Name, text.Hash);
            }

            Report.Add("evaluation", new BeforeAfterSection(
                BeforeAfter.Measure(evaluator, texts, Decoder, Model.Plan, after, cancellation),
                RunSettings.Of(Decoder, _request.Compute)));
        }

        if (request.Tasks.Tasks.Count > 0)
        {
            TaskEvaluator evaluator = new(_services.Reporter, Model, Tokenizer, request.Tasks);
            PreparedTasks tasks = evaluator.Prepare(cancellation);
            ImmutableArray<NamedPlan> plans = [new NamedPlan("before", Model.Plan), new NamedPlan("after", after)];
            TaskRunOptions options = new() { Likelihood = new LikelihoodSettings { BatchSize = request.BatchSize } };
            Report.Add("tasks", new TaskSection(plans, tasks, evaluator.Run(Decoder, plans, tasks, options, cancellation), RunSettings.Of(Decoder, _request.Compute)));
        }
    }

    /// <summary>What a file beside an output tells of it.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="folder">Folder that the file will lie in.</param>
    /// <param name="cancellation">Looked at where weights are hashed.</param>
    public PlanFile Record(LayerPlan plan, string folder, CancellationToken cancellation) =>
        PlanFileBuilder.Build(Model, plan, _services.Arguments, folder, checkpoint => HashOf(checkpoint, cancellation)) with
        {
            Scores = Scores,
            Settings = Settings.Of(_decoder.IsValueCreated ? RunSettings.Of(Decoder, _request.Compute) : null),
        };

    public void Dispose()
    {
        if (_decoder.IsValueCreated)
        {
            _decoder.Value.Dispose();
        }
    }

    private ImmutableArray<int> Named(LayerList layers, string what)
    {
        ImmutableArray<int> named = layers.Resolve(Model.LayerCount);
        _services.Reporter.Note($"{what} {LayerList.Print(named)} of {Model.LayerCount}");
        return named;
    }

    private void WritePlan(LayerPlan plan, CancellationToken cancellation)
    {
        if (_request.Out.PlanFile is not string file)
        {
            return;
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        PlanJson.WriteFile(Record(plan, folder, cancellation), file, _request.Out.Force);
        Report.Add("planFile", new WrittenPlan(file));
    }

    private string HashOf(Checkpoint checkpoint, CancellationToken cancellation)
    {
        if (!_hashes.TryGetValue(checkpoint, out string? hash))
        {
            hash = SourceHash.Of(checkpoint, _request.Out.Hash, _services.Reporter, cancellation);
            _hashes.Add(checkpoint, hash);
        }

        return hash;
    }
}
