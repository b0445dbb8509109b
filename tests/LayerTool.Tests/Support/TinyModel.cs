using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using LayerTool.Safetensors;

namespace LayerTool.Tests.Support;

/// <summary>
/// Checkpoints of one small shape whose weights a test chooses: six of Llama's layers in float32, with biases in the MLP and a head
/// of their own, and the sample pair's tokenizer and chat template.
/// </summary>
internal static class TinyModel
{
    public const int Layers = 6;
    public const int Hidden = 32;
    private const int Vocabulary = 1024;
    private const int Intermediate = 48;

    private static readonly string Post = Path.Combine(SharedFiles.Repository, "samples", "pair", "post");

    /// <summary>Writes one: norms are 1, biases 0, all else is drawn with a deviation; then the test changes what it will.</summary>
    /// <returns>Its folder.</returns>
    public static string Write(TempFolder temp, string name, int seed, double deviation, Action<Dictionary<string, float[]>>? change = null)
    {
        string folder = Directory.CreateDirectory(temp.File(name)).FullName;
        foreach (string file in (string[])["tokenizer.json", "tokenizer_config.json", "generation_config.json"])
        {
            File.WriteAllBytes(Path.Combine(folder, file), File.ReadAllBytes(Path.Combine(Post, file)));
        }

        File.WriteAllText(Path.Combine(folder, "config.json"), Config().ToJsonString());
        Random random = new(seed);
        (string Name, long[] Shape)[] tensors = [.. Tensors().OrderBy(tensor => tensor.Name, StringComparer.Ordinal)];
        Dictionary<string, float[]> values = tensors.ToDictionary(
            tensor => tensor.Name, tensor => Draw(tensor.Name, tensor.Shape.Aggregate(1L, (product, size) => product * size), random, deviation), StringComparer.Ordinal);
        change?.Invoke(values);
        using SafetensorsWriter writer = SafetensorsWriter.Create(
            Path.Combine(folder, "model.safetensors"), tensors.Select(tensor => new TensorDeclaration(tensor.Name, TensorDtype.F32, [.. tensor.Shape])));
        foreach (TensorEntry tensor in writer.Tensors)
        {
            writer.Write(MemoryMarshal.AsBytes(values[tensor.Name].AsSpan()));
        }

        writer.Finish();
        return folder;
    }

    /// <summary>The bias that a layer's MLP adds to the stream.</summary>
    public static string Bias(int layer) => $"model.layers.{layer}.mlp.down_proj.bias";

    private static JsonObject Config()
    {
        JsonObject config = JsonNode.Parse(File.ReadAllText(Path.Combine(Post, "config.json")))!.AsObject();
        config["hidden_size"] = Hidden;
        config["intermediate_size"] = Intermediate;
        config["num_hidden_layers"] = Layers;
        config["num_attention_heads"] = 2;
        config["num_key_value_heads"] = 1;
        config["head_dim"] = Hidden / 2;
        config["mlp_bias"] = true;
        config["tie_word_embeddings"] = false;
        config["torch_dtype"] = "float32";
        return config;
    }

    private static IEnumerable<(string Name, long[] Shape)> Tensors()
    {
        yield return ("model.embed_tokens.weight", [Vocabulary, Hidden]);
        yield return ("model.norm.weight", [Hidden]);
        yield return ("lm_head.weight", [Vocabulary, Hidden]);
        for (int layer = 0; layer < Layers; layer++)
        {
            (string, long[])[] own =
            [
                ("input_layernorm.weight", [Hidden]), ("post_attention_layernorm.weight", [Hidden]),
                ("self_attn.q_proj.weight", [Hidden, Hidden]), ("self_attn.k_proj.weight", [Hidden / 2, Hidden]),
                ("self_attn.v_proj.weight", [Hidden / 2, Hidden]), ("self_attn.o_proj.weight", [Hidden, Hidden]),
                ("mlp.gate_proj.weight", [Intermediate, Hidden]), ("mlp.gate_proj.bias", [Intermediate]),
                ("mlp.up_proj.weight", [Intermediate, Hidden]), ("mlp.up_proj.bias", [Intermediate]),
                ("mlp.down_proj.weight", [Hidden, Intermediate]), ("mlp.down_proj.bias", [Hidden]),
            ];
            foreach ((string suffix, long[] shape) in own)
            {
                yield return ($"model.layers.{layer}.{suffix}", shape);
            }
        }
    }

    private static float[] Draw(string name, long count, Random random, double deviation)
    {
        float[] values = new float[count];
        for (int index = 0; index < count; index++)
        {
            double drawn = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            values[index] = name.EndsWith("norm.weight", StringComparison.Ordinal) ? 1 : name.EndsWith("bias", StringComparison.Ordinal) ? 0 : (float)(deviation * drawn);
        }

        return values;
    }
}
