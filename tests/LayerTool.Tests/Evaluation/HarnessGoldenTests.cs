using System.Text.Json;
using LayerTool.Checkpoints;
using LayerTool.Evaluation;
using LayerTool.Evaluation.Likelihood;
using LayerTool.Evaluation.Metrics;
using LayerTool.Evaluation.Tasks;
using LayerTool.Generation;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Tensors;
using LayerTool.Tests.Support;
using LayerTool.Tokenization;
using Xunit;

namespace LayerTool.Tests.Evaluation;

/// <summary>
/// Every run of lm-evaluation-harness on the real models: prompts, ids, log-likelihoods, predictions, texts and metrics. The
/// small models whole; of the large one the first documents of each run, all with LAYERTOOL_FULL=1.
/// </summary>
[Collection(TorchCollection.Name)]
public sealed class HarnessGoldenTests(OpenModels models) : IClassFixture<OpenModels>
{
    private const string Large = "SmolLM2-135M-Instruct-dq4";
    private const int TokensOfTheLarge = 150;
    private const int WindowsOfTheLarge = 2;
    private const int LongWindow = 1024;

    private static readonly bool Full = Environment.GetEnvironmentVariable("LAYERTOOL_FULL") == "1";

    public static TheoryData<string, string> Likelihoods =>
    [
        .. from model in (string[])["stories260K", "aidreams260K", Large]
           from run in HarnessRecord.Runs(model)
           where !run.StartsWith("gsm8k", StringComparison.Ordinal) && !run.Contains("bf16", StringComparison.Ordinal)
           select (model, run),
    ];

    [Theory]
    [MemberData(nameof(Likelihoods))]
    public void A_run_comes_out_as_in_the_harness(string model, string run)
    {
        HarnessRecord record = HarnessRecord.Read(model, run);
        if (model == Large && !Full && (run is "wikitext-0" or "wikitext-0-len512"))
        {
            CompareFirstWindows(record);
            return;
        }

        int documents = model == Large && !Full ? Slice(record) : record.Samples.Length;
        (Checkpoint checkpoint, Tokenizer tokenizer, Decoder decoder) = models.Open(model);
        PreparedTask task = record.Prepare(documents, record.Style(checkpoint.Folder));
        ComparePrompts(record, task, new PairEncoder(tokenizer, decoder.Config, record.Options.Bos));

        TaskRunResult result = new TaskRun(decoder, tokenizer, new HashSet<int>(), record.Options).Run(
            [LayerPlan.Identity(decoder.Config.LayerCount)], [task], cancellation: TestContext.Current.CancellationToken);

        TaskResult measured = result.ByPlan[0][0];
        for (int document = 0; document < documents; document++)
        {
            CompareAnswers(record.Samples[document], measured.Documents[document]);
        }

        if (documents == record.Samples.Length)
        {
            CompareResults(record.Head.GetProperty("results"), measured);
        }
    }

    public static TheoryData<string, string> Texts =>
    [
        .. from model in (string[])["stories260K", Large]
           from run in HarnessRecord.Runs(model)
           where run.StartsWith("gsm8k", StringComparison.Ordinal)
           select (model, run),
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Answers_are_written_as_in_the_harness(string model, string run)
    {
        HarnessRecord record = HarnessRecord.Read(model, run);
        (Checkpoint checkpoint, Tokenizer tokenizer, Decoder decoder) = models.Open(model);
        PreparedTask all = record.Prepare(record.Samples.Length);

        // All prompts are made, for shots are drawn in order; of the large model the shortest answer is written.
        int[] chosen = model == Large && !Full
            ? [Enumerable.Range(0, record.Samples.Length).MinBy(index => record.Samples[index].GetProperty("new_ids").GetArrayLength() is int count and > 1 ? count : int.MaxValue)]
            : [.. Enumerable.Range(0, record.Samples.Length)];
        PreparedTask task = PreparedTask.Of(all.Task, all.Split, [.. chosen.Select(index => all.Documents[index])]);
        TaskWriter writer = new(decoder, tokenizer, new PairEncoder(tokenizer, decoder.Config, record.Options.Bos), StopTokens.Of(checkpoint), record.Options.MaxLength!.Value);
        for (int index = 0; index < record.Samples.Length; index++)
        {
            JsonElement sample = record.Samples[index];
            PreparedDocument document = all.Documents[index];
            Assert.Equal(sample.TryGetProperty("shots", out JsonElement shots) ? Ints(shots) : [], document.Shots);
            Assert.Equal(sample.GetProperty("target").GetString(), document.Document.Target.ToString());
            Assert.Equal(sample.GetProperty("ctx").GetString(), document.Requests[0].Context);
            Assert.Equal(Ints(sample.GetProperty("ctx_ids")), writer.Prompt(document.Requests[0].Context, all.Task.Generation!, out _));
        }

        TaskRunResult result = new TaskRun(decoder, tokenizer, StopTokens.Of(checkpoint), record.Options).Run(
            [LayerPlan.Identity(decoder.Config.LayerCount)], [task], cancellation: TestContext.Current.CancellationToken);

        TaskResult measured = result.ByPlan[0][0];
        for (int index = 0; index < chosen.Length; index++)
        {
            JsonElement sample = record.Samples[chosen[index]];
            DocumentResult document = measured.Documents[index];
            Assert.Equal(sample.GetProperty("text").GetString(), document.Answers[0].Text);
            foreach ((string filter, string text) in document.Filtered)
            {
                Assert.Equal(sample.GetProperty($"filtered,{filter}")[0].GetString(), text);
                Assert.Equal(sample.GetProperty($"exact_match,{filter}").GetDouble(), document.Value(MetricKind.ExactMatch, filter).Value);
            }
        }

        if (chosen.Length == record.Samples.Length)
        {
            CompareResults(record.Head.GetProperty("results"), measured);
        }
    }

    // Bfloat16 sums move by whole steps with the processor, so they are compared loosely; that they are steps is what the switch is for.
    [Fact]
    public void Log_probabilities_in_the_models_own_type_are_as_coarse_as_in_the_harness()
    {
        HarnessRecord record = HarnessRecord.Read("stories260K", "arc_easy-0-bf16");
        PreparedTask task = record.Prepare(20);
        Checkpoint checkpoint = Checkpoint.Open(SharedFiles.Model("stories260K"));
        using Decoder decoder = Decoder.Open(new CheckpointSet(checkpoint), new ComputeSettings(Dtype: ComputeDtype.BFloat16));
        TaskRunOptions options = record.Options with { Likelihood = new LikelihoodSettings { SoftmaxInModelDtype = true } };

        TaskRunResult result = new TaskRun(decoder, Tokenizer.Open(checkpoint.Folder, TokenizerMode.Auto), StopTokens.Of(checkpoint), options).Run(
            [LayerPlan.Identity(decoder.Config.LayerCount)], [task], cancellation: TestContext.Current.CancellationToken);

        for (int index = 0; index < task.Documents.Length; index++)
        {
            double[] expected = [.. record.Samples[index].GetProperty("ll").EnumerateArray().Select(value => value.GetDouble())];
            double[] actual = [.. result.ByPlan[0][0].Documents[index].Answers.Select(answer => answer.LogLikelihood)];
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, Math.Max(1, 0.02 * Math.Abs(pair.First))));
            Assert.All(actual.Where(value => Math.Abs(value) >= 32), value => Assert.Equal(0, value % 0.25));
        }
    }

    // A page of the large model is long: of windows that are not, the first two.
    private void CompareFirstWindows(HarnessRecord record)
    {
        (_, Tokenizer tokenizer, Decoder decoder) = models.Open(record.Model);
        PreparedTask task = record.Prepare(1);
        PairEncoder encoder = new(tokenizer, decoder.Config, record.Options.Bos);
        TokenWindow[] windows = [.. Windows.Rolling(encoder.Text(task.Documents[0].Requests[0].Continuation!), encoder.Prefix, record.Options.MaxLength!.Value)];
        JsonElement[] expected = [.. record.Samples[0].GetProperty("windows").EnumerateArray()];
        Assert.Equal(
            expected.Select(window => Ints(window.GetProperty("ctx")).Concat(Ints(window.GetProperty("cont")))), windows.Select(window => window.Ids.ToArray().AsEnumerable()));

        TokenWindow[] scored = [.. windows.TakeWhile(window => window.InputLength <= LongWindow).Take(WindowsOfTheLarge)];
        if (scored.Length > 0)
        {
            double[] losses = WindowLosses.Of(
                decoder, [LayerPlan.Identity(decoder.Config.LayerCount)], scored, cancellation: TestContext.Current.CancellationToken)[0];
            Assert.All(losses.Zip(expected), pair => Assert.Equal(pair.Second.GetProperty("ll").GetDouble(), -pair.First, Tolerance(pair.First)));
        }
    }

    // Documents that together have few tokens, and at least one.
    private static int Slice(HarnessRecord record)
    {
        int tokens = 0;
        int documents = 0;
        foreach (JsonElement sample in record.Samples)
        {
            tokens += sample.GetRawText().Length / 8;
            if (documents > 0 && tokens > TokensOfTheLarge)
            {
                break;
            }

            documents++;
        }

        return documents;
    }

    private static void ComparePrompts(HarnessRecord record, PreparedTask task, PairEncoder encoder)
    {
        for (int index = 0; index < task.Documents.Length; index++)
        {
            JsonElement sample = record.Samples[index];
            PreparedDocument document = task.Documents[index];
            Assert.Equal(sample.GetProperty("doc").GetInt32(), document.Id);
            Assert.Equal(sample.TryGetProperty("shots", out JsonElement shots) ? Ints(shots) : [], document.Shots);
            Assert.Equal(sample.GetProperty("target").ToString(), document.Document.Target.ToString());
            if (task.Task.Output == OutputType.Rolling)
            {
                Assert.Equal(sample.GetProperty("text").GetString(), document.Requests[0].Continuation);
                continue;
            }

            bool several = sample.GetProperty("ctx").ValueKind == JsonValueKind.Array;
            for (int request = 0; request < document.Requests.Length; request++)
            {
                TextRequest asked = document.Requests[request];
                JsonElement ids = sample.GetProperty("ctx_ids");
                Assert.Equal((several ? sample.GetProperty("ctx")[request] : sample.GetProperty("ctx")).GetString(), asked.Context);
                Assert.Equal(sample.GetProperty("cont")[request].GetString(), asked.Continuation);
                TokenPair pair = encoder.Encode(asked.Context, asked.Continuation!);
                Assert.Equal(Ints(several ? ids[request] : ids), pair.Context);
                Assert.Equal(Ints(sample.GetProperty("cont_ids")[request]), pair.Continuation);
            }
        }
    }

    private static void CompareAnswers(JsonElement sample, DocumentResult result)
    {
        JsonElement likelihoods = sample.GetProperty("ll");
        double[] expected = likelihoods.ValueKind == JsonValueKind.Array ? [.. likelihoods.EnumerateArray().Select(value => value.GetDouble())] : [likelihoods.GetDouble()];
        Assert.Equal(expected.Length, result.Answers.Length);
        for (int request = 0; request < expected.Length; request++)
        {
            Assert.Equal(expected[request], result.Answers[request].LogLikelihood, Tolerance(expected[request]));
            if (sample.TryGetProperty("greedy", out JsonElement greedy))
            {
                Assert.Equal((greedy.ValueKind == JsonValueKind.Array ? greedy[request] : greedy).GetBoolean(), result.Answers[request].IsGreedy);
            }
        }

        foreach ((MetricKind metric, _, MetricValue value) in result.Values.Where(value => sample.TryGetProperty(value.Metric.Name(), out _)))
        {
            JsonElement found = sample.GetProperty(metric.Name());
            if (found.ValueKind == JsonValueKind.Array)
            {
                Assert.Equal(found[0].GetDouble(), value.Value, Tolerance(found[0].GetDouble()));
                Assert.Equal(found[1].GetDouble(), value.Other);
            }
            else if (metric == MetricKind.Perplexity)
            {
                Assert.Equal(found.GetDouble(), value.Value, Tolerance(found.GetDouble()));
            }
            else
            {
                Assert.Equal(found.GetDouble(), value.Value);
            }
        }
    }

    private static void CompareResults(JsonElement expected, TaskResult result)
    {
        int compared = 0;
        foreach (MetricResult metric in result.Metrics.Where(metric => expected.TryGetProperty(metric.Key, out _)))
        {
            bool perplexity = metric.Metric.Name().Contains("per", StringComparison.Ordinal);
            double value = expected.GetProperty(metric.Key).GetDouble();
            Assert.Equal(value, metric.Value, Math.Max(1e-6, perplexity ? value * 1e-4 : 0));
            JsonElement error = expected.GetProperty(metric.ErrorKey);
            if (error.ValueKind == JsonValueKind.Number)
            {
                Assert.Equal(error.GetDouble(), metric.StandardError!.Value, Math.Max(1e-6, perplexity ? error.GetDouble() * 1e-4 : 0));
            }
            else
            {
                Assert.Null(metric.StandardError);
            }

            compared++;
        }

        Assert.Equal(expected.EnumerateObject().Count(), 2 * compared);
    }

    private static double Tolerance(double likelihood) => 1e-3 + (1e-5 * Math.Abs(likelihood));

    private static int[] Ints(JsonElement list) => [.. list.EnumerateArray().Select(value => value.GetInt32())];
}
