using System.Collections.Immutable;
using LayerTool.Checkpoints;
using LayerTool.Evaluation;
using LayerTool.Evaluation.Likelihood;
using LayerTool.Evaluation.Tasks;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Tensors;
using LayerTool.Tokenization;

namespace LayerTool.Benchmarks;

/// <summary>Tasks of lm-evaluation-harness: the shared way against the harness's own, and plans together against plans alone.</summary>
internal sealed class EvalBenchmark : IDisposable
{
    private const double WantedPart = 0.85;
    private const int Plans = 20;

    private readonly Decoder _decoder;
    private readonly PairEncoder _encoder;
    private readonly TaskFiles _files;

    private EvalBenchmark(string model, string data)
    {
        Checkpoint checkpoint = Checkpoint.Open(model);
        _decoder = Decoder.Open(new CheckpointSet(checkpoint), new ComputeSettings(Dtype: ComputeDtype.Float32));
        _encoder = new PairEncoder(Tokenizer.Open(checkpoint.Folder, TokenizerMode.Auto), _decoder.Config, BosRule.Tokenizer);
        _files = new TaskFiles(data, new DataSetCache(data));
    }

    private LayerPlan Whole => LayerPlan.Identity(_decoder.Config.LayerCount);

    /// <summary>Runs it.</summary>
    /// <param name="model">A checkpoint.</param>
    /// <param name="data">Folder with the tasks' data.</param>
    public static void Run(string model, string data)
    {
        if (!Directory.Exists(data))
        {
            Console.WriteLine($"tasks: left out, there is no folder {data} (LAYERTOOL_SHARED names the one beside it)");
            return;
        }

        using EvalBenchmark benchmark = new(model, data);
        Console.WriteLine($"tasks, {Path.GetFileName(model)}, float32, against each choice alone, sorted by length, padded, batch 8, full logits");
        benchmark.AgainstTheHarnessWay("hellaswag", shots: 0, documents: 200, wanted: 1.9);
        benchmark.AgainstTheHarnessWay("arc_easy", shots: 5, documents: 24, wanted: 3.0);
        Console.WriteLine("plans of one checkpoint in one run, against one plan alone");
        benchmark.BeforeAndAfter();
        benchmark.ManyPlans();
    }

    public void Dispose() => _decoder.Dispose();

    private void AgainstTheHarnessWay(string task, int shots, int documents, double wanted)
    {
        TokenWindow[] windows = Windows(task, shots, documents);
        TokenWindow[] warm = [.. windows.Take(8)];
        Shared([Whole], warm);
        HarnessWay.Score(_decoder, Whole, warm);

        LikelihoodCost cost = new(0, 0, 0);
        LikelihoodAnswer[] shared = [], alone = [];
        long tokens = 0;
        double sharedTime = Timing.Once(() => (shared, cost) = Shared([Whole], windows));
        double aloneTime = Timing.Once(() => (alone, tokens) = HarnessWay.Score(_decoder, Whole, windows));
        double ratio = aloneTime / sharedTime, allowed = (double)cost.TokensAlone / cost.Tokens;
        double farthest = shared.Zip(alone, (own, other) => Math.Abs(own.LogLikelihood - other.LogLikelihood) / (1e-3 + (1e-5 * Math.Abs(other.LogLikelihood)))).Max();
        Console.WriteLine($"  {task}, {shots} shots, {documents} documents");
        Console.WriteLine($"    shared way         {sharedTime,8:F2} s   {cost.Tokens,9:N0} tokens, {documents / sharedTime:F2} documents/s");
        Console.WriteLine($"    harness's way      {aloneTime,8:F2} s   {cost.TokensAlone,9:N0} tokens, {tokens:N0} with padding, {documents / aloneTime:F2} documents/s");
        Console.WriteLine(
            $"    {ratio:F2} times as fast (wanted: {wanted:F1}); the tokens allow {allowed:F2}, that is {ratio / allowed:P0} of it (wanted: {WantedPart:P0}); farthest answers at {farthest:P0} of the tolerance");
    }

    private void BeforeAndAfter()
    {
        TokenWindow[] windows = Windows("arc_easy", 0, 60);
        LayerPlan edited = Whole.DropAttention([_decoder.Config.LayerCount / 2]);
        Shared([Whole], [.. windows.Take(8)]);
        double one = Timing.Once(() => Shared([Whole], windows));
        double both = Timing.Once(() => Shared([Whole, edited], windows));
        Console.WriteLine($"  before and after a change of slot {_decoder.Config.LayerCount / 2} of {_decoder.Config.LayerCount}: {both / one:F2} times one run (wanted: at most 1.6)");
    }

    private void ManyPlans()
    {
        TokenWindow[] windows = [.. Windows("arc_easy", 0, 8), .. Windows("piqa", 0, 8), .. Windows("winogrande", 0, 8)];
        int layers = _decoder.Config.LayerCount;
        LayerPlan[] plans = [.. Enumerable.Range(0, Plans).Select(index => Whole.Skip([Math.Max(0, layers - 1 - (index * layers / Plans))]))];
        PlanTree tree = PlanTree.Of(plans);
        double one = Timing.Once(() => Shared([Whole], windows));
        double all = Timing.Once(() => Shared(plans, windows));
        double allowed = (double)tree.SlotCount / Whole.Slots.Count();
        Console.WriteLine(
            $"  {Plans} plans on 3 tasks: {all / one:F2} times one run; shared beginnings allow {allowed:F2}, that is {all / one / allowed:F2} times it (wanted: at most 1.1)");
    }

    private (LikelihoodAnswer[] Answers, LikelihoodCost Cost) Shared(IReadOnlyList<LayerPlan> plans, TokenWindow[] windows)
    {
        LikelihoodAnswer[] answers = new LikelihoodAnswer[windows.Length];
        LikelihoodCost cost = new LikelihoodEngine(_decoder, plans, new LikelihoodSettings()).Score(windows, (window, byPlan) => answers[window] = byPlan[0]);
        return (answers, cost);
    }

    private TokenWindow[] Windows(string name, int shots, int documents)
    {
        PreparedTask task = PreparedTask.Prepare(
            BuiltInTasks.All.Single(task => task.Name == name), _files, new TaskOptions { Shots = shots, Limit = documents });
        ImmutableArray<TextRequest> requests = [.. task.Documents.SelectMany(document => document.Requests)];
        return [.. requests.Select(request => _encoder.Encode(request.Context, request.Continuation!).Window(_decoder.Config.ContextLength))];
    }
}
