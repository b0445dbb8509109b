using LayerTool.Checkpoints;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Options;
using LayerTool.Cli.Output;
using LayerTool.Evaluation;
using LayerTool.Evaluation.Samples;
using LayerTool.Evaluation.Tasks;
using LayerTool.Generation;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Tokenization.Chat;

namespace LayerTool.Cli.Measuring;

/// <summary>Runs tasks on plans of a model, with samples and resumption as the command line asks.</summary>
internal sealed class TaskEvaluator(Reporter reporter, OpenModel model, TokenizerOpener tokenizer, HarnessRequest request)
{
    private const string Journal = "answers.jsonl";

    /// <summary>The tasks that can be named: the built-in ones, and those of files that are named.</summary>
    /// <exception cref="Faults.LayerToolException">A file is at fault.</exception>
    public static TaskCatalog Catalog(IReadOnlyList<string> names) => new(names.Where(IsTaskFile).Select(TaskYaml.Read));

    /// <summary>Whether a name is the file of a task.</summary>
    public static bool IsTaskFile(string name) => Path.GetExtension(name).ToUpperInvariant() is ".YAML" or ".YML";

    /// <summary>The tasks and groups that names stand for.</summary>
    /// <exception cref="Faults.LayerToolException">A name is not known, or a file is at fault.</exception>
    public static TaskSelection Select(IReadOnlyList<string> names)
    {
        Dictionary<string, EvaluationTask> own = names.Where(IsTaskFile).Distinct(StringComparer.Ordinal).ToDictionary(name => name, TaskYaml.Read, StringComparer.Ordinal);
        return new TaskCatalog(own.Values).Select(names.Select(name => own.TryGetValue(name, out EvaluationTask? task) ? task.Name : name));
    }

    /// <summary>Reads the data, draws the shots and makes the prompts. Everything that can be missing is found here, before a weight is loaded.</summary>
    /// <exception cref="Faults.LayerToolException">A task is not known, or its data is missing or at fault.</exception>
    public PreparedTasks Prepare(CancellationToken cancellation)
    {
        TaskSelection selection = Select(request.Tasks);
        TaskFiles files = new(request.Data, new DataSetCache(HubCache.FromEnvironment().Root));
        TaskOptions options = new()
        {
            Shots = request.Shots,
            Limit = request.Limit,
            Offset = request.Offset,
            Split = request.Split,
            Seed = request.Seed,
            Style = new PromptStyle(
                request.ChatTemplate ? ChatPrompt.Of(ChatTemplate.Open(model.Sources.Main.Folder)) : null, request.SystemInstruction, request.ShotsAsTurns),
        };
        return new PreparedTasks([.. selection.Tasks.Select(task => PreparedTask.Prepare(task, files, options, cancellation))], selection.Groups);
    }

    /// <summary>Runs the tasks under plans.</summary>
    /// <param name="decoder">The model.</param>
    /// <param name="plans">The plans, with a name each.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="options">How they are run.</param>
    /// <param name="cancellation">Checked in front of each slot.</param>
    public TaskRunResult Run(
        Decoder decoder, IReadOnlyList<NamedPlan> plans, PreparedTasks tasks, TaskRunOptions options, CancellationToken cancellation)
    {
        using AnswerJournal? journal = request.Samples is string folder ? Open(folder, decoder, plans, tasks, options, cancellation) : null;
        TaskRunResult result;
        using (ProgressLine progress = reporter.StartProgress())
        {
            TaskRun run = new(decoder, tokenizer.Open(), StopTokens.Of(model.Sources.Main), options);
            result = run.Run([.. plans.Select(plan => plan.Plan)], tasks.Tasks, journal, progress, cancellation);
        }

        if (journal is not null)
        {
            WriteSamples(request.Samples!, plans, result);
            journal.Delete();
        }

        for (int task = 0; task < tasks.Tasks.Length; task++)
        {
            if (result.Cut[task] > 0)
            {
                reporter.Warn($"{tasks.Tasks[task].Task.Name}: {Quantity.Whole(result.Cut[task])} contexts are longer than the model reads; their left ends are cut off");
            }
        }

        return result;
    }

    private AnswerJournal Open(string folder, Decoder decoder, IReadOnlyList<NamedPlan> plans, PreparedTasks tasks, TaskRunOptions options, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        AnswerJournal journal = AnswerJournal.Open(Path.Combine(folder, Journal), Identity(decoder, plans, tasks, options, cancellation), request.Resume);
        if (request.Resume)
        {
            reporter.Note($"{journal.KnownCount} of {tasks.Tasks.Sum(task => task.Documents.Length)} documents have their answers already");
        }

        return journal;
    }

    private RunIdentity Identity(
        Decoder decoder, IReadOnlyList<NamedPlan> plans, PreparedTasks tasks, TaskRunOptions options, CancellationToken cancellation)
    {
        using ProgressLine progress = reporter.StartProgress();
        return new RunIdentity(
        [
            ("model", ModelHash.Of(model.Sources, plans.Select(plan => plan.Plan), progress, cancellation)),
            .. plans.Select((plan, index) => ($"plan {index}", PlanNotation.Print(plan.Plan))),
            ("dtype", decoder.Dtype.ToString().ToLowerInvariant()),
            ("bos", options.Bos.ToString().ToLowerInvariant()),
            ("rolling bos", options.RollingBos.ToString().ToLowerInvariant()),
            ("softmax in the model's dtype", options.Likelihood.SoftmaxInModelDtype ? "true" : "false"),
            ("max length", options.MaxLength?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "the model's"),
            .. tasks.Tasks.Select(task => ($"questions of {task.Task.Name}", RunIdentity.HashOf(task))),
        ]);
    }

    // With several plans each has a folder of its own.
    private void WriteSamples(string folder, IReadOnlyList<NamedPlan> plans, TaskRunResult result)
    {
        DateTime now = DateTime.Now;
        for (int plan = 0; plan < plans.Count; plan++)
        {
            string place = plans.Count == 1 ? folder : Path.Combine(folder, plans[plan].FolderName);
            IReadOnlyList<string> files = SampleFiles.Write(place, result.ByPlan[plan], now);
            reporter.Note($"samples written to {place}: {string.Join(", ", files.Select(Path.GetFileName))}");
        }
    }
}
