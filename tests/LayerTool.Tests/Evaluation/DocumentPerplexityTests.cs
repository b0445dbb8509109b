using System.Text.Json;
using LayerTool.Checkpoints;
using LayerTool.Evaluation;
using LayerTool.Faults;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Progress;
using LayerTool.Tensors;
using LayerTool.Tests.Support;
using LayerTool.Tokenization;
using TorchSharp;
using Xunit;

namespace LayerTool.Tests.Evaluation;

/// <summary>Perplexity by document, held against lm-evaluation-harness's own runs.</summary>
[Collection(TorchCollection.Name)]
public sealed class DocumentPerplexityTests
{
    private const string Stories = "stories260K";

    // Each run's documents as the harness scored them: windows, ids and log-likelihoods.
    [Theory]
    [InlineData(Stories, "wikitext-0-edge", 100)]
    [InlineData(Stories, "wikitext-0", 2)]
    [InlineData(Stories, "wikitext-0-len64", 2)]
    [InlineData(Stories, "wikitext-0-nobos", 2)]
    [InlineData("SmolLM2-135M-Instruct-dq4", "wikitext-0-edge", 100)]
    public void Documents_score_as_in_the_harness(string model, string run, int documents)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(SharedFiles.Find($"golden/harness/{model}/{run}.json")));
        Tokenizer tokenizer = Tokenizer.Open(SharedFiles.Model(model), TokenizerMode.Raw);
        using Decoder decoder = Open(model);
        PerplexityOptions options = new()
        {
            WindowLength = json.RootElement.GetProperty("max_length").GetInt32(),
            Bos = run.EndsWith("nobos", StringComparison.Ordinal) ? BosRule.Never : BosRule.Tokenizer,
        };
        int compared = 0;
        foreach (JsonElement sample in json.RootElement.GetProperty("samples").EnumerateArray().Take(documents))
        {
            string document = sample.GetProperty("text").GetString()!;
            JsonElement[] expected = [.. sample.GetProperty("windows").EnumerateArray()];
            if (expected.Length == 0)
            {
                Assert.Throws<LayerToolException>(() => Prepare(document, tokenizer, decoder, options));
                continue;
            }

            PerplexityText text = Prepare(document, tokenizer, decoder, options);
            PerplexityResult result = Evaluate(decoder, text);

            Assert.Equal(expected.Select(window => window.GetProperty("cont").GetArrayLength()), text.Windows.Select(window => window.Predicted));
            for (int window = 0; window < expected.Length; window++)
            {
                double loglikelihood = expected[window].GetProperty("ll").GetDouble();
                Assert.Equal(loglikelihood, -result.WindowLosses[window], 1e-3 + (1e-5 * Math.Abs(loglikelihood)));
                Assert.Equal(
                    [.. Ids(expected[window], "ctx"), .. Ids(expected[window], "cont")], text.Windows[window].Ids.ToArray());
                compared++;
            }
        }

        Assert.True(compared > 0);
    }

    [Fact]
    public void Perplexities_are_taken_over_all_documents_together()
    {
        using Decoder decoder = Open(Stories);
        Tokenizer tokenizer = Tokenizer.Open(SharedFiles.Model(Stories), TokenizerMode.Raw);
        PerplexityText text = PerplexityText.Prepare(
            "two", ["Once upon a time", "there was a dog. "], tokenizer, decoder.Config, new PerplexityOptions(), TestContext.Current.CancellationToken);

        PerplexityResult result = Evaluate(decoder, text);

        Assert.Equal(new TextSize(4 + 5, 16 + 17), text.Size);
        Assert.Equal(Math.Exp(result.LossSum / 9), result.WordPerplexity!.Value, 1e-9);
        Assert.Equal(Math.Exp(result.LossSum / 33), result.BytePerplexity!.Value, 1e-12);
        Assert.Equal(Math.Log2(result.BytePerplexity.Value), result.BitsPerByte!.Value, 1e-12);
        Assert.Equal(result.LossSum, result.WindowLosses.Sum(), 1e-9);
    }

    [Fact]
    public void Neither_the_batch_nor_padding_changes_a_loss()
    {
        using Decoder decoder = Open(Stories);
        Tokenizer tokenizer = Tokenizer.Open(SharedFiles.Model(Stories), TokenizerMode.Raw);
        string[] documents = [.. Enumerable.Range(1, 12).Select(length => string.Concat(Enumerable.Repeat("The dog was happy. ", length)))];
        PerplexityText text = PerplexityText.Prepare("dogs", documents, tokenizer, decoder.Config, new PerplexityOptions(), TestContext.Current.CancellationToken);

        PerplexityResult alone = PerplexityEvaluator.Evaluate(decoder, Plan(decoder), text, batchSize: 1, cancellation: TestContext.Current.CancellationToken);
        PerplexityResult together = PerplexityEvaluator.Evaluate(decoder, Plan(decoder), text, batchSize: 5, cancellation: TestContext.Current.CancellationToken);

        for (int window = 0; window < documents.Length; window++)
        {
            Assert.Equal(alone.WindowLosses[window], together.WindowLosses[window], 1e-3);
        }
    }

    [Fact]
    public void A_document_begins_with_one_or_two_tokens_as_asked()
    {
        using Decoder decoder = Open(Stories);
        Tokenizer tokenizer = Tokenizer.Open(SharedFiles.Model(Stories), TokenizerMode.Raw);
        int[] First(PerplexityOptions options) => Prepare("Once upon", tokenizer, decoder, options).Windows[0].Ids[..2].ToArray();

        Assert.Equal([1, 1], First(new PerplexityOptions()));
        Assert.Equal([1, 1], First(new PerplexityOptions { Bos = BosRule.Always }));
        Assert.NotEqual(1, First(new PerplexityOptions { Bos = BosRule.Never })[1]);
        Assert.NotEqual(1, First(new PerplexityOptions { RollingBos = RollingBos.Once })[1]);
        Assert.NotEqual(1, Prepare("<s>Once upon", tokenizer, decoder, new PerplexityOptions()).Windows[0].Ids.Span[2]);
    }

    [Fact]
    public void Windows_beyond_the_context_and_text_without_tokens_are_refused()
    {
        using Decoder decoder = Open(Stories);
        Tokenizer tokenizer = Tokenizer.Open(SharedFiles.Model(Stories), TokenizerMode.Raw);
        string Message(string text, PerplexityOptions options) => Assert.Throws<LayerToolException>(() => Prepare(text, tokenizer, decoder, options)).Message;

        Assert.Equal("`--seq` is 513; the model was made for 512 tokens", Message("a", new PerplexityOptions { WindowLength = 513 }));
        Assert.Equal("`--seq` is 1, expected 2 or more", Message("a", new PerplexityOptions { WindowLength = 1, Packed = true }));
        Assert.Equal("`text` has no token to predict", Message("", new PerplexityOptions { Bos = BosRule.Never }));
        Assert.StartsWith("`text` gives", Message("Once upon", new PerplexityOptions { Packed = true, WindowLength = 400 }), StringComparison.Ordinal);
    }

    [Fact]
    public void An_evaluation_can_be_stopped_and_leaves_no_tensor_behind()
    {
        using Decoder decoder = Open(Stories);
        Tokenizer tokenizer = Tokenizer.Open(SharedFiles.Model(Stories), TokenizerMode.Raw);
        string[] documents = [.. Enumerable.Repeat("The dog was happy.", 4)];
        PerplexityText text = PerplexityText.Prepare("dogs", documents, tokenizer, decoder.Config, new PerplexityOptions(), TestContext.Current.CancellationToken);
        Evaluate(decoder, text);
        long live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        Evaluate(decoder, text);
        using CancellationTokenSource source = new();
        Assert.Throws<OperationCanceledException>(
            () => PerplexityEvaluator.Evaluate(decoder, Plan(decoder), text, batchSize: 1, new Stop(source), source.Token));

        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static PerplexityText Prepare(string document, Tokenizer tokenizer, Decoder decoder, PerplexityOptions options) =>
        PerplexityText.Prepare("text", [document], tokenizer, decoder.Config, options, TestContext.Current.CancellationToken);

    private static PerplexityResult Evaluate(Decoder decoder, PerplexityText text) =>
        PerplexityEvaluator.Evaluate(decoder, Plan(decoder), text, cancellation: TestContext.Current.CancellationToken);

    private static LayerPlan Plan(Decoder decoder) => LayerPlan.Identity(decoder.Config.LayerCount);

    private static Decoder Open(string model) =>
        Decoder.Open(new CheckpointSet(Checkpoint.Open(SharedFiles.Model(model))), new ComputeSettings(Dtype: ComputeDtype.Float32));

    private static int[] Ids(JsonElement window, string name) => [.. window.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];

    private sealed class Stop(CancellationTokenSource source) : IProgress<Step>
    {
        public void Report(Step value) => source.Cancel();
    }
}
