using System.Collections.Immutable;
using System.Diagnostics;
using LayerTool.Evaluation.Likelihood;
using LayerTool.Evaluation.Metrics;
using LayerTool.Evaluation.Tasks;
using LayerTool.Faults;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Progress;
using LayerTool.Tokenization;

namespace LayerTool.Evaluation;

/// <summary>Runs prepared tasks under one or several plans of a model: what prompts and plans share is computed once.</summary>
/// <param name="decoder">The model.</param>
/// <param name="tokenizer">Its tokenizer.</param>
/// <param name="stopTokens">Tokens that end every text that it writes.</param>
/// <param name="options">How it is run.</param>
public sealed class TaskRun(Decoder decoder, Tokenizer tokenizer, IReadOnlySet<int> stopTokens, TaskRunOptions options)
{
    private const int TextsOnCpu = 8;
    private const int TextsOnDevice = 64;

    private readonly PairEncoder _encoder = new(tokenizer, decoder.Config, options.Bos);

    private int MaxLength => options.MaxLength ?? decoder.Config.ContextLength;

    /// <summary>Runs tasks.</summary>
    /// <param name="plans">What is played.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="log">Takes each document's answers as they come, and has those of a run that was stopped; or null.</param>
    /// <param name="progress">Told how far it is; or null.</param>
    /// <param name="cancellation">Checked in front of each slot.</param>
    /// <exception cref="LayerToolException">An answer does not fit the model, or a likelihood is not a number.</exception>
    public TaskRunResult Run(
        IReadOnlyList<LayerPlan> plans,
        IReadOnlyList<PreparedTask> tasks,
        IAnswerLog? log = null,
        IProgress<Step>? progress = null,
        CancellationToken cancellation = default)
    {
        long started = Stopwatch.GetTimestamp();
        OpenDocuments open = new(plans.Count, tasks, log);
        List<TokenWindow> windows = [];
        List<(int Task, int Document, int Request)> owners = [];
        int[] cut = new int[tasks.Count];
        foreach ((int task, int document) in open.Waiting(output => output != OutputType.GenerateUntil))
        {
            cancellation.ThrowIfCancellationRequested();
            ImmutableArray<TextRequest> requests = tasks[task].Documents[document].Requests;
            for (int request = 0; request < requests.Length; request++)
            {
                ImmutableArray<TokenWindow> pieces = Windows(tasks[task].Task, requests[request], ref cut[task]);
                open.Expect(task, document, pieces.Length);
                windows.AddRange(pieces);
                owners.AddRange(pieces.Select(_ => (task, document, request)));
            }

            open.CloseIfComplete(task, document);
        }

        LikelihoodEngine engine = new(decoder, plans, options.Likelihood);
        LikelihoodCost cost = windows.Count == 0
            ? new LikelihoodCost(0, 0, 0)
            : engine.Score(
                windows,
                (window, answers) => open.Add(owners[window], windows[window].Predicted, Finite(tasks, owners[window], answers)),
                "evaluating",
                progress,
                cancellation);
        Write(plans, tasks, open, cut, progress, cancellation);
        return new TaskRunResult(open.Results(options.BootstrapIterations), [.. cut], cost, Stopwatch.GetElapsedTime(started));
    }

    // The longest contexts first, several side by side.
    private void Write(
        IReadOnlyList<LayerPlan> plans, IReadOnlyList<PreparedTask> tasks, OpenDocuments open, int[] cut, IProgress<Step>? progress, CancellationToken cancellation)
    {
        TaskWriter writer = new(decoder, tokenizer, _encoder, stopTokens, MaxLength);
        foreach (IGrouping<int, (int Task, int Document)> ofTask in open.Waiting(output => output == OutputType.GenerateUntil).ToLookup(owner => owner.Task))
        {
            PreparedTask task = tasks[ofTask.Key];
            GenerationRules rules = task.Task.Generation!;
            List<(int Document, int[] Prompt)> prompts = [];
            foreach ((_, int document) in ofTask)
            {
                prompts.Add((document, writer.Prompt(task.Documents[document].Requests[0].Context, rules, out bool isCut)));
                cut[ofTask.Key] += isCut ? 1 : 0;
            }

            int done = 0;
            foreach ((int Document, int[] Prompt)[] batch in prompts.OrderByDescending(pair => pair.Prompt.Length)
                .Chunk(options.Likelihood.BatchSize ?? (decoder.Device.type == TorchSharp.DeviceType.CPU ? TextsOnCpu : TextsOnDevice)))
            {
                IReadOnlyList<RequestAnswer>[] answers =
                    [.. plans.Select(plan => writer.Write(plan, [.. batch.Select(pair => pair.Prompt)], rules, options.Seed, cancellation))];
                for (int index = 0; index < batch.Length; index++)
                {
                    open.Add(ofTask.Key, batch[index].Document, [.. answers.Select(ofPlan => ImmutableArray.Create(ofPlan[index]))]);
                }

                done += batch.Length;
                progress?.Report(new Step($"writing answers of {task.Task.Name}", done, prompts.Count, "documents"));
            }
        }
    }

    private static IReadOnlyList<LikelihoodAnswer> Finite(
        IReadOnlyList<PreparedTask> tasks, (int Task, int Document, int Request) owner, IReadOnlyList<LikelihoodAnswer> answers) =>
        answers.All(answer => double.IsFinite(answer.LogLikelihood))
            ? answers
            : throw new LayerToolException(
                $"a likelihood of document {tasks[owner.Task].Documents[owner.Document].Id} of task `{tasks[owner.Task].Task.Name}` is not finite: NaN or infinite activations",
                "`layertool score` names the layer where they begin; a wider type (`--dtype float32`) may avoid them");

    private ImmutableArray<TokenWindow> Windows(EvaluationTask task, TextRequest request, ref int cut)
    {
        if (task.Output == OutputType.Rolling)
        {
            return Evaluation.Windows.Rolling(_encoder.Text(request.Continuation!, options.RollingBos), _encoder.Prefix, MaxLength);
        }

        TokenPair pair = _encoder.Encode(request.Context, request.Continuation!);
        cut += pair.IsCut(MaxLength) ? 1 : 0;
        return [pair.Window(MaxLength)];
    }
}
