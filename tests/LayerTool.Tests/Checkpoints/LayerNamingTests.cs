using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Checkpoints;

public sealed class LayerNamingTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Folders of golden/models and golden/variants, most of them of families that the table does not know.</summary>
    [Theory]
    [InlineData("models/llama", "model.layers.", 5)]
    [InlineData("models/llama-extra-tensors", "model.layers.", 5)]
    [InlineData("models/gpt2", "transformer.h.", 5)]
    [InlineData("models/gpt2-sharded", "transformer.h.", 5)]
    [InlineData("models/gpt-neo", "transformer.h.", 4)]
    [InlineData("models/gpt-neox", "gpt_neox.layers.", 5)]
    [InlineData("models/mpt", "transformer.blocks.", 5)]
    [InlineData("models/opt", "model.decoder.layers.", 5)]
    [InlineData("models/mixtral", "model.layers.", 5)]
    [InlineData("models/qwen3-next", "model.layers.", 5)]
    [InlineData("variants/llava-llama", "language_model.model.layers.", 5)]
    [InlineData("variants/llava-llama/other-names", "model.language_model.layers.", 5)]
    [InlineData("variants/gemma3-conditional", "language_model.model.layers.", 5)]
    [InlineData("variants/qwen3-vl", "model.language_model.layers.", 5)]
    [InlineData("variants/deci", "model.layers.", 5)]
    [InlineData("variants/anymodel", "model.layers.", 5)]
    public void Layers_are_found_in_the_names_of_any_family(string folder, string prefix, int count)
    {
        LayerNaming layers = Open(folder).Layers;

        Assert.Equal(prefix, layers.Prefix);
        Assert.Equal(count, layers.Count);
    }

    [Fact]
    public void Every_tensor_of_every_golden_model_has_one_place()
    {
        string[] folders = [.. Directory.GetDirectories(SharedFiles.Find("golden/models"))];
        Assert.NotEmpty(folders);

        Assert.All(folders, folder =>
        {
            Checkpoint checkpoint = Checkpoint.Open(folder);
            LayerNaming layers = checkpoint.Layers;

            Assert.Equal(
                checkpoint.Tensors.Keys.Order(StringComparer.Ordinal),
                Enumerable.Range(0, layers.Count).SelectMany(layer => layers.InLayer(layer)).Concat(layers.BeforeLayers).Concat(layers.AfterLayers).Select(tensor => tensor.Name).Order(StringComparer.Ordinal));
            Assert.All(Enumerable.Range(0, layers.Count), layer => Assert.NotEmpty(layers.InLayer(layer)));
            Assert.Contains(layers.BeforeLayers, tensor => tensor.Name.Contains("emb", StringComparison.Ordinal) || tensor.Name.Contains("wte", StringComparison.Ordinal));
            Assert.DoesNotContain(layers.AfterLayers, tensor => tensor.Name.Contains("embed_", StringComparison.Ordinal) && !tensor.Name.Contains("embed_out", StringComparison.Ordinal));
            Assert.DoesNotContain(layers.BeforeLayers, tensor => tensor.Name.Contains("head", StringComparison.Ordinal));
        });
    }

    [Fact]
    public void Buffers_that_old_exporters_left_belong_to_their_layer()
    {
        LayerNaming layers = Open("models/llama-extra-tensors").Layers;

        Assert.Contains(layers.InLayer(3), tensor => tensor.Name == "model.layers.3.self_attn.rotary_emb.inv_freq");
        Assert.Contains(layers.BeforeLayers, tensor => tensor.Name == "unused.buffer");
    }

    [Fact]
    public void A_place_is_a_layer_and_what_follows_its_number()
    {
        LayerNaming layers = Open("models/gpt2").Layers;

        Assert.Equal(new TensorPlace(TensorSide.Layer, 4, "attn.c_attn.bias"), layers.Place("transformer.h.4.attn.c_attn.bias"));
        Assert.Equal(new TensorPlace(TensorSide.Before, -1, "transformer.h.5.attn.c_attn.bias"), layers.Place("transformer.h.5.attn.c_attn.bias"));
        Assert.Equal(new TensorPlace(TensorSide.After, -1, "transformer.ln_f.bias"), layers.Place("transformer.ln_f.bias"));
        Assert.Equal(new TensorPlace(TensorSide.Before, -1, "transformer.wpe.weight"), layers.Place("transformer.wpe.weight"));
        Assert.Equal("transformer.h.9.ln_1.weight", layers.Name(9, "ln_1.weight"));
    }

    [Fact]
    public void Layers_beyond_those_of_the_config_are_told_and_kept_outside()
    {
        Checkpoint checkpoint = Open("variants/fp8-deepseek-mtp");

        Assert.Contains(checkpoint.Notes, note => note.Contains("which config.json does not count", StringComparison.Ordinal));
        Assert.DoesNotContain(checkpoint.Layers.BeforeLayers, tensor => checkpoint.Layers.Place(tensor.Name).Side == TensorSide.Layer);
    }

    [Fact]
    public void Without_a_count_in_the_config_the_names_count()
    {
        TinySafetensors.Write(_folder.File("model.safetensors"), [("enc.layers.0.w", [1]), ("enc.layers.1.w", [1]), ("m.h.1.w", [2]), ("m.h.3.w", [2]), ("m.h.4.w", [2]), ("wte", [3])]);
        _folder.Write("config.json", "{}");

        LayerNaming layers = Checkpoint.Open(_folder.Path).Layers;

        Assert.Equal(("enc.layers.", 2), (layers.Prefix, layers.Count));
        Assert.Equal(["m.h.1.w", "m.h.3.w", "m.h.4.w", "wte"], layers.BeforeLayers.Select(tensor => tensor.Name));
    }

    [Fact]
    public void A_checkpoint_without_layers_opens_and_says_so_when_they_are_needed()
    {
        TinySafetensors.Write(_folder.File("model.safetensors"), [("w", [1])]);
        _folder.Write("config.json", """{"model_type":"novel"}""");
        Checkpoint checkpoint = Checkpoint.Open(_folder.Path);

        Assert.Equal(0, checkpoint.Layers.Count);
        Assert.Contains("no tensor is named `….layers.N.…`", Assert.Throws<LayerToolException>(() => checkpoint.Layers.Required(checkpoint.Folder)).Message, StringComparison.Ordinal);
        Assert.Contains("it knows `llama`", Assert.Throws<LayerToolException>(() => checkpoint.Config).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("num_hidden_layers", "1000000000000")]
    [InlineData("n_layer", "-1")]
    [InlineData("num_layers", "\"12\"")]
    public void An_absurd_number_of_layers_is_refused(string key, string value)
    {
        TinySafetensors.Write(_folder.File("model.safetensors"), [("h.0.w", [1])]);
        string config = _folder.Write("config.json", $$"""{"model_type":"novel","{{key}}":{{value}}}""");
        Checkpoint checkpoint = Checkpoint.Open(_folder.Path);

        LayerToolException fault = Assert.Throws<LayerToolException>(() => checkpoint.Layers);

        Assert.StartsWith($"{config}: `{key}` is `{value}`, expected a number of layers", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("self_attn.q_proj.weight", TensorRole.Attention)]
    [InlineData("self_attn.rotary_emb.inv_freq", TensorRole.Attention)]
    [InlineData("attention.dense.bias", TensorRole.Attention)]
    [InlineData("block_sparse_moe.experts.3.w1.weight", TensorRole.Mlp)]
    [InlineData("mlp.c_fc.weight", TensorRole.Mlp)]
    [InlineData("post_attention_layernorm.weight", null)]
    [InlineData("ln_1.weight", null)]
    public void The_half_of_a_projection_is_known_by_its_name(string suffix, TensorRole? half)
    {
        Assert.Equal(half, LayerNaming.Half(suffix));
    }

    private static Checkpoint Open(string folder) => Checkpoint.Open(SharedFiles.Find($"golden/{folder}"));
}
