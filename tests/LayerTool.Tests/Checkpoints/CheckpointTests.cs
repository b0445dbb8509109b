using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_file_of_another_name_is_taken_where_it_is_the_only_one()
    {
        _folder.Write("config.json", "{}");
        TinySafetensors.Write(_folder.File("weights.safetensors"), [("a", [1])]);
        TinySafetensors.Write(_folder.File("expected.safetensors"), [("b", [1])]);
        TinySafetensors.Write(_folder.File("consolidated.safetensors"), [("c", [1])]);
        TinySafetensors.Write(_folder.File("adapter_model.safetensors"), [("d", [1])]);

        Assert.Equal(["a"], Checkpoint.Open(_folder.Path).Tensors.Keys);
    }

    [Fact]
    public void A_single_file_wins_over_an_index_as_in_transformers_and_says_so()
    {
        WriteShards("""{"weight_map":{"a":"one.safetensors"}}""");
        TinySafetensors.Write(_folder.File("model.safetensors"), [("z", [1])]);

        Checkpoint checkpoint = Checkpoint.Open(_folder.Path);

        Assert.Equal(["z"], checkpoint.Tensors.Keys);
        Assert.Contains(checkpoint.Notes, note => note.StartsWith("model.safetensors.index.json beside model.safetensors is not read", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[1]", "model.safetensors.index.json: is not a JSON object")]
    [InlineData("{", "model.safetensors.index.json: is not sound JSON")]
    [InlineData("""{"metadata":{}}""", "model.safetensors.index.json: `weight_map` is missing")]
    [InlineData("""{"weight_map":[]}""", "model.safetensors.index.json: `weight_map` is not an object")]
    [InlineData("""{"weight_map":{"a":1}}""", "model.safetensors.index.json: the file of tensor `a` is not a string")]
    [InlineData("""{"weight_map":{"a":"one.safetensors","a":"two.safetensors"}}""", "model.safetensors.index.json: is not sound JSON")]
    [InlineData("""{"weight_map":{"a":"../one.safetensors"}}""", "model.safetensors.index.json: tensor `a` is said to be in `../one.safetensors`, which is not a file inside the folder")]
    [InlineData("""{"weight_map":{"a":"/one.safetensors"}}""", "model.safetensors.index.json: tensor `a` is said to be in `/one.safetensors`, which is not a file inside the folder")]
    [InlineData("""{"weight_map":{"a":"C:one.safetensors"}}""", "model.safetensors.index.json: tensor `a` is said to be in `C:one.safetensors`, which is not a file inside the folder")]
    [InlineData("""{"weight_map":{"a":"x\\one.safetensors"}}""", "model.safetensors.index.json: tensor `a` is said to be in `x\\one.safetensors`, which is not a file inside the folder")]
    [InlineData("""{"weight_map":{"a":""}}""", "model.safetensors.index.json: tensor `a` is said to be in ``, which is not a file inside the folder")]
    [InlineData("""{"weight_map":{"a":"one.bin"}}""", "model.safetensors.index.json: tensor `a` is said to be in `one.bin`, which is not a safetensors file")]
    [InlineData("""{"weight_map":{"a":"gone.safetensors"}}""", "model.safetensors.index.json: names the shard `gone.safetensors`, which is not in the folder")]
    [InlineData("""{"weight_map":{"c":"one.safetensors"}}""", "model.safetensors.index.json: tensor `c` is said to be in `one.safetensors`, which does not hold it")]
    [InlineData("""{"weight_map":{"a":"one.safetensors","b":"one.safetensors","x":"two.safetensors"}}""", "model.safetensors.index.json: tensor `b` is said to be in `one.safetensors`, but lies in `two.safetensors`")]
    [InlineData("""{"weight_map":{"a":"one.safetensors","b":"again.safetensors"}}""", "model.safetensors.index.json: tensor `a` is in two shards, `again.safetensors` and `one.safetensors`")]
    public void A_faulty_index_is_refused_by_its_cause(string index, string expected)
    {
        WriteShards(index);
        TinySafetensors.Write(_folder.File("again.safetensors"), [("a", [1]), ("b", [1])]);

        LayerToolException fault = Assert.Throws<LayerToolException>(() => Checkpoint.Open(_folder.Path));

        Assert.StartsWith(_folder.File(expected), fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_that_the_index_does_not_name_are_left_out_and_told()
    {
        WriteShards("""{"weight_map":{"b":"two.safetensors"}}""");

        Checkpoint checkpoint = Checkpoint.Open(_folder.Path);

        Assert.Equal(["b"], checkpoint.Tensors.Keys);
        Assert.Contains("1 tensors of the shards are not in model.safetensors.index.json and are left out", checkpoint.Notes);
    }

    [Theory]
    [InlineData("pytorch_model.bin", "has pickled weights (pytorch_model.bin), which are not read")]
    [InlineData("model.pt", "has pickled weights (model.pt), which are not read")]
    [InlineData("consolidated.00.pth", "has pickled weights (consolidated.00.pth), which are not read")]
    [InlineData("model-q4.gguf", "has GGUF weights (model-q4.gguf), which are not read")]
    [InlineData("consolidated.safetensors", "has its weights only in Mistral's own naming")]
    [InlineData("adapter_model.safetensors", "holds an adapter and no model")]
    [InlineData("README.md", "has no safetensors weights")]
    public void Other_weights_are_refused_with_the_reason(string file, string expected)
    {
        _folder.Write("config.json", "{}");
        _folder.Write(file, "");

        LayerToolException fault = Assert.Throws<LayerToolException>(() => Checkpoint.Open(_folder.Path));

        Assert.StartsWith($"{_folder.Path}: {expected}", fault.Message, StringComparison.Ordinal);
        Assert.NotNull(fault.Hint);
    }

    [Fact]
    public void Several_files_without_an_index_are_refused()
    {
        _folder.Write("config.json", "{}");
        TinySafetensors.Write(_folder.File("a.safetensors"), [("a", [1])]);
        TinySafetensors.Write(_folder.File("b.safetensors"), [("b", [1])]);

        Assert.Contains("has 2 safetensors files (a.safetensors, b.safetensors) and no model.safetensors.index.json", Assert.Throws<LayerToolException>(() => Checkpoint.Open(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no", "is not sound JSON")]
    [InlineData("[]", "is not a JSON object")]
    [InlineData("{\"a\":1,\"a\":2}", "is not sound JSON")]
    [InlineData("{\"model_type\":\"\\ud800\"}", "is not sound JSON")]
    public void A_config_that_is_no_object_is_refused(string config, string expected)
    {
        string file = _folder.Write("config.json", config);

        Assert.StartsWith($"{file}: {expected}", Assert.Throws<LayerToolException>(() => Checkpoint.Open(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_config_too_deep_or_too_large_is_refused()
    {
        string file = _folder.Write("config.json", string.Concat(Enumerable.Repeat("{\"a\":", 100)) + "1" + new string('}', 100));
        Assert.Contains("is not sound JSON", Assert.Throws<LayerToolException>(() => Checkpoint.Open(_folder.Path)).Message, StringComparison.Ordinal);

        File.WriteAllBytes(file, new byte[(1 << 24) + 1]);
        Assert.Contains("a file of its kind has at most 16,777,216", Assert.Throws<LayerToolException>(() => Checkpoint.Open(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_place_that_is_no_checkpoint_is_refused()
    {
        string file = _folder.Write("weights.safetensors", "");

        Assert.Equal($"{_folder.File("gone")}: no such folder", Assert.Throws<LayerToolException>(() => Checkpoint.Open(_folder.File("gone"))).Message);
        Assert.Equal($"{_folder.Path}: has no config.json", Assert.Throws<LayerToolException>(() => Checkpoint.Open(_folder.Path)).Message);
        Assert.Equal($"{file}: is a file, expected the folder of a checkpoint", Assert.Throws<LayerToolException>(() => Checkpoint.Open(file)).Message);
    }

    [Theory]
    [InlineData(1f, "is not equal to the embedding")]
    [InlineData(0f, "is stored all the same")]
    public void A_stored_head_beside_tied_embeddings_is_told(float head, string expected)
    {
        _folder.Write("config.json", """{"model_type":"llama","hidden_size":4,"num_attention_heads":2,"num_hidden_layers":1,"intermediate_size":4,"vocab_size":2,"tie_word_embeddings":true}""");
        _folder.Write("model.safetensors.index.json", """{"weight_map":{"model.embed_tokens.weight":"one.safetensors","lm_head.weight":"two.safetensors"}}""");
        TinySafetensors.Write(_folder.File("one.safetensors"), [("model.embed_tokens.weight", [2, 4])]);
        TinySafetensors.Write(_folder.File("two.safetensors"), [("lm_head.weight", [2, 4])], head);

        Assert.Contains(Checkpoint.Open(_folder.Path).Notes, note => note.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void The_bytes_of_the_config_are_kept()
    {
        string config = _folder.Write("config.json", "{ \"a\" : 1.0 }\r\n");
        TinySafetensors.Write(_folder.File("model.safetensors"), [("a", [1])]);

        Assert.Equal(File.ReadAllBytes(config), Checkpoint.Open(_folder.Path).ConfigBytes.ToArray());
    }

    private void WriteShards(string index)
    {
        _folder.Write("config.json", "{}");
        _folder.Write("model.safetensors.index.json", index);
        TinySafetensors.Write(_folder.File("one.safetensors"), [("a", [1])]);
        TinySafetensors.Write(_folder.File("two.safetensors"), [("b", [1]), ("x", [2])]);
    }
}
