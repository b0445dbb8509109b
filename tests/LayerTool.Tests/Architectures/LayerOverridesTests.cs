using System.Text.Json.Nodes;
using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Architectures;

public sealed class LayerOverridesTests
{
    [Theory]
    [InlineData("{}", "whole whole whole")]
    [InlineData("""{"drop_attn_list": [2, 0], "drop_mlp_list": [2]}""", "mlp whole none")]
    [InlineData("""{"drop_attn_list": [1, 0, 1]}""", "mlp mlp whole")]
    [InlineData("""{"drop_attn_list": [true, false, true], "drop_mlp_list": null}""", "mlp whole mlp")]
    [InlineData("""{"per_layer_config": {"1": {"skip": ["mlp"]}, "02": {"skip": ["attention", "mlp"]}}}""", "whole attention none")]
    [InlineData("""{"per_layer_config": {"0": {"intermediate_size": 20, "num_key_value_heads": 4}}}""", "whole:4:20 whole whole")]
    [InlineData("""{"num_key_value_heads_per_layer": [1, 2, 4]}""", "whole:1:44 whole whole:4:44")]
    [InlineData("""{"block_configs": [{"attention": {"no_op": true}, "ffn": {"intermediate_size": 8}}, {}, {"attention": {"n_heads_in_group": 4}, "ffn": {"no_op": true}}]}""", "mlp:0:8 whole attention:1:0")]
    [InlineData("""{"drop_attn_list": [1], "per_layer_config": {"0": {"skip": ["attention"]}}}""", "mlp mlp whole")]
    public void What_a_config_says_of_single_layers_is_read(string keys, string layers)
    {
        ModelConfig config = ModelConfigReader.Read(Config(keys), "config.json");

        Assert.Equal(layers, string.Join(' ', config.Layers.Select(Shown)));
    }

    [Theory]
    [InlineData("""{"drop_attn_list": [3]}""", "`drop_attn_list` is [3], expected a list of layers from 0 to 2")]
    [InlineData("""{"drop_attn_list": [-1]}""", "`drop_attn_list` is [-1], expected a list of layers from 0 to 2")]
    [InlineData("""{"drop_mlp_list": [true]}""", "`drop_mlp_list` has 1 entries, expected one for each of the 3 layers")]
    [InlineData("""{"drop_mlp_list": [true, 1, 2]}""", "`drop_mlp_list` is [true,1,2], expected a list of true and false alone, or of layers alone")]
    [InlineData("""{"drop_mlp_list": [1, true]}""", "`drop_mlp_list` is [1,true], expected a list of layers from 0 to 2, or of true and false for each")]
    [InlineData("""{"drop_mlp_list": "1"}""", "`drop_mlp_list` is \"1\", expected a list of layers from 0 to 2, or of true and false for each")]
    [InlineData("""{"block_configs": [{}]}""", "`block_configs` has 1 entries, expected one for each of the 3 layers")]
    [InlineData("""{"block_configs": [{}, {}, 3]}""", "`block_configs` is [{},{},3], expected a list of objects")]
    [InlineData("""{"block_configs": [{}, {"attention": {"n_heads_in_group": 3}}, {}]}""", "`block_configs[1].attention.n_heads_in_group` is 3, expected a divisor of the 4 attention heads")]
    [InlineData("""{"block_configs": [{}, {"ffn": {"ffn_mult": -2.5}}, {}]}""", "`block_configs[1].ffn.ffn_mult` is -2.5, expected a factor above 0 that gives a width")]
    [InlineData("""{"block_configs": [{}, {"ffn": {"ffn_mult": 1e300}}, {}]}""", "`block_configs[1].ffn.ffn_mult` is 1e300, expected a factor above 0 that gives a width")]
    [InlineData("""{"block_configs": [{}, {"attention": {"replace_with_linear": true}}, {}]}""", "`block_configs[1].attention.replace_with_linear` is true: LayerTool does not run such a layer")]
    [InlineData("""{"block_configs": [{}, {"ffn": {"moe": {"num_local_experts": 2}}}, {}]}""", "`block_configs[1].ffn.moe` is {\"num_local_experts\":2}: LayerTool does not run such a layer")]
    [InlineData("""{"per_layer_config": {"3": {}}}""", "`per_layer_config` names the layer `3`, expected 0 to 2")]
    [InlineData("""{"per_layer_config": {"1": {"layer_norm": 4}}}""", "`per_layer_config.1.layer_norm` is 4: LayerTool does not run such a layer")]
    [InlineData("""{"per_layer_config": {"1": {"skip": ["norm"]}}}""", "`per_layer_config.1.skip` is [\"norm\"]: only `attention` and `mlp` are halves of a layer")]
    [InlineData("""{"num_key_value_heads_per_layer": [1, 2]}""", "`num_key_value_heads_per_layer` is [1,2], expected a number from 1 for each of the 3 layers")]
    [InlineData("""{"num_key_value_heads_per_layer": [1, 2, 3]}""", "`num_attention_heads` (4) is not a multiple of the 3 key and value heads of layer 2")]
    [InlineData("""{"model_type": "layertool_compact"}""", "needs `base_model_type`, which is missing")]
    public void What_cannot_be_is_refused_by_key_and_value(string keys, string message)
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(() => ModelConfigReader.Read(Config(keys), "config.json"));

        Assert.Equal("config.json: " + message, fault.Message);
        Assert.NotNull(fault.Hint);
    }

    [Theory]
    [InlineData("golden/models/llama")]
    [InlineData("golden/models/qwen3")]
    [InlineData("golden/models/mistral")]
    public void The_table_says_of_every_tensor_which_half_it_goes_with(string folder)
    {
        Checkpoint checkpoint = Checkpoint.Open(SharedFiles.Find(folder));
        ModelConfig config = checkpoint.Config;

        Assert.All(
            ExpectedTensors.InLayer(config, 1),
            tensor => Assert.Equal(tensor.Role, checkpoint.Layers.Role(tensor.Name[config.Architecture.Names.InLayer(1, "").Length..])));
    }

    private static string Shown(LayerConfig layer)
    {
        string halves = (layer.HasAttention, layer.HasMlp) switch { (true, true) => "whole", (true, false) => "attention", (false, true) => "mlp", _ => "none" };
        bool usual = layer.KvHeads is 0 or 2 && layer.IntermediateSize is 0 or 44;
        return usual ? halves : $"{halves}:{layer.KvHeads}:{layer.IntermediateSize}";
    }

    private static JsonObject Config(string keys)
    {
        JsonObject config = JsonNode.Parse("""
            {
              "model_type": "llama", "hidden_size": 32, "num_attention_heads": 4, "num_key_value_heads": 2, "num_hidden_layers": 3,
              "intermediate_size": 44, "vocab_size": 67
            }
            """)!.AsObject();
        foreach ((string key, JsonNode? value) in JsonNode.Parse(keys)!.AsObject())
        {
            config[key] = value?.DeepClone();
        }

        return config;
    }
}
