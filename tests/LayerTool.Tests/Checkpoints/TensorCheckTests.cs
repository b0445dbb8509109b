using System.Text.Json.Nodes;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Checkpoints;

public sealed class TensorCheckTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_stock_checkpoint_has_what_its_config_demands()
    {
        Assert.Empty(TensorCheck.Find(Checkpoint.Open(SharedFiles.Find("golden/models/qwen3"))));
    }

    [Fact]
    public void A_tensor_of_another_shape_is_named_with_both_shapes()
    {
        Checkpoint checkpoint = WithConfig(config => config["intermediate_size"] = 100);

        LayerToolException fault = Assert.Throws<LayerToolException>(() => TensorCheck.Require(checkpoint));

        Assert.Equal($"{_folder.Path}: tensor `model.layers.0.mlp.gate_proj.weight` has the shape [44, 32], config.json demands [100, 32] (14 more do not fit)", fault.Message);
    }

    [Fact]
    public void A_missing_tensor_is_named_with_the_shape_that_is_expected()
    {
        Checkpoint checkpoint = WithConfig(config => config["num_hidden_layers"] = 6);

        LayerToolException fault = Assert.Throws<LayerToolException>(() => TensorCheck.Require(checkpoint));

        Assert.StartsWith($"{_folder.Path}: tensor `model.layers.5.input_layernorm.weight` is missing, config.json demands it with the shape [32] (8 more", fault.Message, StringComparison.Ordinal);
    }

    private Checkpoint WithConfig(Action<JsonObject> change)
    {
        string model = SharedFiles.Find("golden/models/llama");
        JsonObject config = JsonNode.Parse(File.ReadAllText(Path.Combine(model, "config.json")))!.AsObject();
        change(config);
        _folder.Write("config.json", config.ToJsonString());
        File.Copy(Path.Combine(model, "model.safetensors"), _folder.File("model.safetensors"));
        return Checkpoint.Open(_folder.Path);
    }
}
