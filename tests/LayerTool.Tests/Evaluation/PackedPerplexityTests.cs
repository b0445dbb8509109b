using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Data;
using LayerTool.Evaluation;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Tensors;
using LayerTool.Tests.Support;
using LayerTool.Tokenization;
using Xunit;

namespace LayerTool.Tests.Evaluation;

/// <summary>
/// The reference runs of the pruning papers' perplexity. Of each run the first windows are compared, all of them with
/// LAYERTOOL_FULL=1.
/// </summary>
[Collection(TorchCollection.Name)]
public sealed class PackedPerplexityTests
{
    private static readonly bool Full = Environment.GetEnvironmentVariable("LAYERTOOL_FULL") == "1";

    private static readonly Lazy<IReadOnlyList<string>> Pages =
        new(() => [.. DocumentFile.Open(SharedFiles.Find("data/wikitext/test.jsonl")).Documents()]);

    [Theory]
    [InlineData("stories260K", 16)]
    [InlineData("aidreams260K", 16)]
    [InlineData("SmolLM2-135M-Instruct-dq4", 1)]
    public void The_reference_runs_come_out_before_and_after_a_drop(string model, int windows)
    {
        using JsonDocument golden = Golden(model);
        string folder = SharedFiles.Model(model);
        Tokenizer tokenizer = Tokenizer.Open(folder, TokenizerMode.Raw);
        using Decoder decoder = Open(folder);
        LayerPlan identity = LayerPlan.Identity(decoder.Config.LayerCount);
        LayerPlan dropped = identity.DropAttention([.. golden.RootElement.GetProperty("drop_attention").EnumerateArray().Select(layer => layer.GetInt32())]);
        foreach (JsonElement run in golden.RootElement.GetProperty("runs").EnumerateArray())
        {
            int length = run.GetProperty("seq").GetInt32();
            if (length > 512 && !Full)
            {
                continue;
            }

            PerplexityText text = Prepare(tokenizer, decoder, run, Full ? null : windows);
            Compare(run.GetProperty("base"), PerplexityEvaluator.Evaluate(decoder, identity, text, cancellation: TestContext.Current.CancellationToken), length);
            Compare(run.GetProperty("dropped"), PerplexityEvaluator.Evaluate(decoder, dropped, text, cancellation: TestContext.Current.CancellationToken), length);
        }
    }

    [Theory]
    [InlineData("stories260K")]
    [InlineData("aidreams260K")]
    [InlineData("SmolLM2-135M-Instruct-dq4")]
    public void The_text_is_tokenised_once_and_cut_without_a_rest(string model)
    {
        using JsonDocument golden = Golden(model);
        string folder = SharedFiles.Model(model);
        Tokenizer tokenizer = Tokenizer.Open(folder, TokenizerMode.Raw);
        ModelConfig config = Checkpoint.Open(folder).Config;
        foreach (JsonElement run in golden.RootElement.GetProperty("runs").EnumerateArray())
        {
            int length = run.GetProperty("seq").GetInt32();
            PerplexityText text = PerplexityText.Prepare("wikitext", Pages.Value, tokenizer, config, Options(run, null), TestContext.Current.CancellationToken);
            int[] ids = [.. text.Windows.SelectMany(window => window.Ids.ToArray())];

            Assert.Equal(run.GetProperty("windows_possible").GetInt32(), text.Windows.Length);
            Assert.Equal(run.GetProperty("tokens_dropped").GetInt32(), text.TokensDropped);
            Assert.Equal(run.GetProperty("tokens").GetInt32(), ids.Length + text.TokensDropped);
            Assert.Equal(Ints(run, "first_ids"), ids[..run.GetProperty("first_ids").GetArrayLength()]);
            if (text.TokensDropped == 0)
            {
                Assert.Equal(run.GetProperty("ids_sha256").GetString(), Hash(ids));
            }
        }

        // The rest that no window holds is part of the hash, so here the text is one window.
        JsonElement first = golden.RootElement.GetProperty("runs")[0];
        int all = first.GetProperty("tokens").GetInt32();
        PerplexityOptions whole = Options(first, null) with { WindowLength = all, AllowBeyondContext = true };
        PerplexityText one = PerplexityText.Prepare("wikitext", Pages.Value, tokenizer, config, whole, TestContext.Current.CancellationToken);
        Assert.Equal(first.GetProperty("ids_sha256").GetString(), Hash(Assert.Single(one.Windows).Ids.ToArray()));

        JsonElement probe = golden.RootElement.GetProperty("join_probe");
        string joined = string.Join("\n\n", probe.GetProperty("pages").EnumerateArray().Select(page => page.GetString()));
        Assert.Equal(Ints(probe, "ids"), tokenizer.Encode(joined, addSpecialTokens: false));
    }

    private static void Compare(JsonElement expected, PerplexityResult result, int length)
    {
        double[] losses = [.. expected.GetProperty("window_nll").EnumerateArray().Select(loss => loss.GetDouble())];
        for (int window = 0; window < result.WindowLosses.Length; window++)
        {
            Assert.Equal(losses[window], result.WindowLosses[window], 1e-3 * Math.Sqrt(length));
        }

        Assert.Equal((long)result.WindowLosses.Length * (length - 1), result.TokensPredicted);
        double perplexity = Math.Exp(losses.Take(result.WindowLosses.Length).Sum() / result.TokensPredicted);
        Assert.Equal(1, result.TokenPerplexity / perplexity, 1e-4);
        if (Full)
        {
            Assert.Equal(losses.Length, result.WindowLosses.Length);
            Assert.Equal(1, result.TokenPerplexity / expected.GetProperty("ppl").GetDouble(), 1e-4);
        }
    }

    private static PerplexityText Prepare(Tokenizer tokenizer, Decoder decoder, JsonElement run, int? windows) =>
        PerplexityText.Prepare(
            "wikitext", Pages.Value, tokenizer, decoder.Config, Options(run, windows ?? run.GetProperty("windows").GetInt32()), TestContext.Current.CancellationToken);

    private static PerplexityOptions Options(JsonElement run, int? windows) => new()
    {
        Packed = true,
        WindowLength = run.GetProperty("seq").GetInt32(),
        Limit = windows,
        Bos = run.GetProperty("bos").GetBoolean() ? BosRule.Always : BosRule.Tokenizer,
    };

    private static Decoder Open(string folder) =>
        Decoder.Open(new CheckpointSet(Checkpoint.Open(folder)), new ComputeSettings(Dtype: ComputeDtype.Float32));

    private static JsonDocument Golden(string model) => JsonDocument.Parse(File.ReadAllText(SharedFiles.Find($"golden/perplexity/{model}.json")));

    private static int[] Ints(JsonElement parent, string name) => [.. parent.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];

    private static string Hash(int[] ids)
    {
        byte[] bytes = new byte[4 * ids.Length];
        for (int index = 0; index < ids.Length; index++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4 * index), ids[index]);
        }

        return Convert.ToHexStringLower(SHA256.HashData(bytes));
    }
}
