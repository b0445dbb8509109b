using System.Text.Json.Nodes;
using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Safetensors;
using LayerTool.Saving;
using LayerTool.Tensors;
using LayerTool.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LayerTool.Tests.Saving;

/// <summary>The format <c>deci</c>: what its readers take, what they do not, and the way back.</summary>
[Collection(TorchCollection.Name)]
public sealed class DeciTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("0-4", "whole whole whole whole whole")]
    [InlineData("0, 1.mlp, 2.attn, 4, 3*0.5", "whole mlp attention whole whole")]
    [InlineData("4.mlp, (0-1)x2", "mlp whole whole whole whole")]
    public void A_llama_becomes_deci_and_llama_again_with_equal_logits(string text, string halves)
    {
        CheckpointSet sources = new(Wide("llama"));
        LayerPlan plan = PlanNotation.Parse(text);
        float[] expected = Logits(sources, plan);
        using SavedCheckpoint deci = new(sources, plan, options => options with { Format = SaveFormat.Deci });
        JsonObject config = deci.Checkpoint.ConfigJson;

        Assert.Equal(SaveFormat.Deci, deci.Result.Format);
        Assert.Equal("nemotron-nas", config["model_type"]!.GetValue<string>());
        Assert.Equal("DeciLMForCausalLM", config["architectures"]![0]!.GetValue<string>());
        Assert.Equal(halves, string.Join(' ', config["block_configs"]!.AsArray().Select(Halves)));
        Assert.Equal(ExpectedTensors.For(deci.Checkpoint.Config).Select(tensor => tensor.Name).Order(StringComparer.Ordinal), deci.Checkpoint.Tensors.Keys);
        Assert.Equal(expected, Logits(new CheckpointSet(deci.Checkpoint), LayerPlan.Identity(5)));

        using SavedCheckpoint again = new(new CheckpointSet(deci.Checkpoint), LayerPlan.Identity(5), options => options with { Format = SaveFormat.Zero });
        Assert.Equal("llama", again.Checkpoint.ConfigJson["model_type"]!.GetValue<string>());
        Assert.Equal(512, again.Checkpoint.ConfigJson["intermediate_size"]!.GetValue<int>());
        Assert.Equal(expected, Logits(new CheckpointSet(again.Checkpoint), LayerPlan.Identity(5)));
    }

    [Theory]
    [InlineData("llama-rope-llama3", """{"rope_type": "llama3", "factor": 8.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0, "original_max_position_embeddings": 8}""")]
    [InlineData("llama", "null")]
    [InlineData("llama-bias-tied", "null")]
    public void Rope_and_flags_stand_in_the_keys_that_its_readers_know(string family, string scaling)
    {
        using SavedCheckpoint saved = new(new CheckpointSet(Wide(family)), PlanNotation.Parse("0-1, 2.mlp, 3-4"), options => options with { Format = SaveFormat.Deci });
        JsonObject config = saved.Checkpoint.ConfigJson;
        ModelConfig source = Checkpoint.Open(SharedFiles.Find("golden/models/" + family)).Config;

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(scaling), config["rope_scaling"]), config["rope_scaling"]?.ToJsonString());
        Assert.Equal(source.Rope, saved.Checkpoint.Config.Rope);
        Assert.Equal(source.Rope.Theta, config["rope_theta"]!.GetValue<double>());
        Assert.Equal(source.TiedEmbeddings, config["tie_word_embeddings"]!.GetValue<bool>());
        Assert.Equal(source.MlpBias, config["mlp_bias"]!.GetValue<bool>());
        Assert.Equal(family == "llama-rope-llama3" ? 8 : null, config["original_max_position_embeddings"]?.GetValue<int>());
        Assert.All((string[])["rope_parameters", "layer_types", "sliding_window"], key => Assert.False(config.ContainsKey(key), key));
        Assert.All((string[])["intermediate_size", "num_key_value_heads"], key => Assert.Null(config[key]));
    }

    [Fact]
    public void Every_width_of_256_is_read_back_from_its_factor()
    {
        ModelConfig model = Checkpoint.Open(SharedFiles.Find("golden/models/llama")).Config;
        for (int hidden = 256; hidden <= 16384; hidden += 448)
        {
            for (int width = 256; width <= 65536; width += 256)
            {
                string block = DeciModel.Block(model with { HiddenSize = hidden }, new LayerConfig { KvHeads = 2, HeadDim = 8, IntermediateSize = width });
                string factor = JsonNode.Parse(block)!["ffn"]!["ffn_mult"]!.ToJsonString();

                Assert.True(factor.AsSpan().ContainsAny('.', 'E'), factor);
                Assert.Equal(width, LayerOverrides.WidthOf(double.Parse(factor, System.Globalization.CultureInfo.InvariantCulture), hidden));
            }
        }
    }

    [Theory]
    [InlineData("llama", "0-4", "the MLP of layer 0 is 44 wide, and vLLM, llama.cpp and mlx-lm round widths up to a multiple of 256")]
    [InlineData("qwen2", "0-4", "a Qwen 2 model has biases on q, k and v and none on o, and vLLM, llama.cpp and mlx-lm would run Llama's layers")]
    [InlineData("qwen3", "0-4", "a Qwen 3 model norms queries and keys, and vLLM, llama.cpp and mlx-lm would run Llama's layers")]
    [InlineData("llama-headdim", "0-4", "wide, and llama.cpp takes hidden size / heads, ")]
    [InlineData("llama-rope-dynamic", "0-4", "its RoPE is `dynamic`, which mlx-lm and llama.cpp do not have")]
    [InlineData("mistral", "1, 0", "layer 1 sees 6 tokens only, and no reader of `block_configs` has a window")]
    [InlineData("gpt2", "0-1", "a GPT-2 model computes something else")]
    public void What_its_readers_would_run_wrongly_is_refused_with_the_reason(string family, string plan, string reason)
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(
            () => SavePlan.Create(SavedCheckpoint.Golden(family), PlanNotation.Parse(plan), new SaveChoices { Format = SaveFormat.Deci }, cancellation: TestContext.Current.CancellationToken));

        Assert.StartsWith("the format `deci` cannot hold ", fault.Message);
        Assert.Contains(reason, fault.Message);
        Assert.Contains("--format compact", fault.Hint);
    }

    [Theory]
    [InlineData("0.mlp, 1-4", "llama.cpp runs it with the gain in speed;", "vLLM does not: it fails on layer 0")]
    [InlineData("0, 1.attn, 2-4", "llama.cpp runs it wrongly: layer 1 has attention and no MLP", "vLLM and transformers run it")]
    [InlineData("0, 1.mlp, 2-4", "llama.cpp runs it with the gain in speed;", "vLLM and transformers run it")]
    public void Which_readers_run_it_is_said(string plan, params string[] parts)
    {
        SavePlan saved = SavePlan.Create(new CheckpointSet(Wide("llama")), PlanNotation.Parse(plan), new SaveChoices { Format = SaveFormat.Deci }, cancellation: TestContext.Current.CancellationToken);

        Assert.Contains("mlx-lm runs it with the gain in speed", saved.Notes);
        Assert.All(parts, part => Assert.Contains(saved.Notes, note => note.Contains(part, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("LlamaTokenizer", true)]
    [InlineData("PreTrainedTokenizerFast", false)]
    public void Text_that_is_read_otherwise_beside_another_model_type_is_told(string tokenizerClass, bool told)
    {
        string folder = Wide("llama").Folder;
        CheckpointCopy.Edit(folder, "\"model_type\":\"llama\"", "\"model_type\":\"mistral\",\"sliding_window\":null");
        File.Copy(SharedFiles.Find("tokenizers/stories260K/tokenizer.json"), Path.Combine(folder, "tokenizer.json"));
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), $$"""{"tokenizer_class": "{{tokenizerClass}}", "legacy": false}""");
        CheckpointSet sources = new(Checkpoint.Open(folder));

        SavePlan deci = SavePlan.Create(sources, PlanNotation.Parse("0, 1.mlp, 2-4"), new SaveChoices { Format = SaveFormat.Deci }, cancellation: TestContext.Current.CancellationToken);
        SavePlan compact = SavePlan.Create(sources, PlanNotation.Parse("0, 1.mlp, 2-4"), new SaveChoices { Format = SaveFormat.Compact }, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(told, deci.Notes.Any(note => note.Contains("beside a `nemotron-nas` config.json transformers reads the tokenizer otherwise (rebuilt as LlamaTokenizer, prepend first)", StringComparison.Ordinal)));
        Assert.DoesNotContain(compact.Notes, note => note.Contains("tokenizer", StringComparison.Ordinal));
    }

    /// <summary>A golden model whose MLPs are 512 wide: the padding adds nothing.</summary>
    private Checkpoint Wide(string family)
    {
        const int Width = 512;
        Checkpoint source = Checkpoint.Open(SharedFiles.Find("golden/models/" + family));
        string folder = Directory.CreateDirectory(_folder.File("wide-" + family)).FullName;
        JsonObject config = JsonNode.Parse(source.ConfigBytes.Span)!.AsObject();
        int inner = source.Config.WidestMlp;
        config["intermediate_size"] = Width;
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJsonString());
        using SafetensorsWriter writer = SafetensorsWriter.Create(
            Path.Combine(folder, "model.safetensors"),
            source.Tensors.Values.Select(tensor => new TensorDeclaration(tensor.Name, tensor.Dtype, [.. tensor.Shape.Select(size => size == inner ? Width : size)])));
        foreach (TensorEntry entry in writer.Tensors)
        {
            writer.Write(Padded(SavedCheckpoint.Bytes(source, entry.Name), source.Tensors[entry.Name], entry));
        }

        writer.Finish();
        return Checkpoint.Open(folder);
    }

    private static byte[] Padded(byte[] bytes, TensorEntry from, TensorEntry to)
    {
        byte[] padded = new byte[to.ByteCount];
        int size = from.Dtype.Bits / 8;
        int row = (int)from.Shape[^1] * size;
        int wide = (int)to.Shape[^1] * size;
        for (int start = 0, target = 0; start < bytes.Length; start += row, target += wide)
        {
            bytes.AsSpan(start, row).CopyTo(padded.AsSpan(target));
        }

        return padded;
    }

    private static string Halves(JsonNode? block)
    {
        bool attention = !block!["attention"]!["no_op"]!.GetValue<bool>();
        bool mlp = !block["ffn"]!["no_op"]!.GetValue<bool>();
        Assert.Equal(attention, block["attention"]!["n_heads_in_group"] is not null);
        Assert.Equal(mlp, block["ffn"]!["ffn_mult"] is not null);
        return (attention, mlp) switch { (true, true) => "whole", (true, false) => "attention", (false, true) => "mlp", _ => "none" };
    }

    private static float[] Logits(CheckpointSet sources, LayerPlan plan)
    {
        using DisposeScope scope = NewDisposeScope();
        using Decoder decoder = Decoder.Open(sources, new ComputeSettings(Dtype: ComputeDtype.Float32, Threads: 1));
        Tensor ids = tensor(new long[] { 3, 17, 5, 60, 2, 9, 41, 33, 8, 8, 21, 64 }, [2, 6]);
        return decoder.Forward(plan, ids).data<float>().ToArray();
    }
}
