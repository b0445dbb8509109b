using System.Text.Json.Nodes;
using LayerTool.Architectures;
using LayerTool.Safetensors;

namespace LayerTool.Benchmarks;

/// <summary>
/// A checkpoint of the Qwen 3 MoE family with drawn weights, large enough that its products and not its operations take the time; in a
/// folder of its own that is removed at the end.
/// </summary>
internal sealed class ExpertCheckpoint : IDisposable
{
    private const string Config = """
        {
          "architectures": ["Qwen3MoeForCausalLM"],
          "model_type": "qwen3_moe",
          "attention_bias": false,
          "decoder_sparse_step": 1,
          "head_dim": 64,
          "hidden_act": "silu",
          "hidden_size": 512,
          "intermediate_size": 1024,
          "max_position_embeddings": 4096,
          "mlp_only_layers": [],
          "moe_intermediate_size": 384,
          "norm_topk_prob": true,
          "num_attention_heads": 8,
          "num_experts": 32,
          "num_experts_per_tok": 4,
          "num_hidden_layers": 4,
          "num_key_value_heads": 4,
          "rms_norm_eps": 1e-06,
          "rope_theta": 10000.0,
          "sliding_window": null,
          "tie_word_embeddings": true,
          "torch_dtype": "float32",
          "use_sliding_window": false,
          "vocab_size": 4096
        }
        """;

    private ExpertCheckpoint(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>Writes it.</summary>
    /// <param name="parent">Where its folder is made.</param>
    public static ExpertCheckpoint Make(string parent)
    {
        string folder = Directory.CreateDirectory(Path.Combine(parent, $"experts-{Environment.ProcessId}")).FullName;
        string configFile = Path.Combine(folder, "config.json");
        File.WriteAllText(configFile, Config);
        ModelConfig config = ModelConfigReader.Read(JsonNode.Parse(Config)!.AsObject(), configFile);
        using SafetensorsWriter writer = SafetensorsWriter.Create(
            Path.Combine(folder, "model.safetensors"), ExpectedTensors.For(config).Select(tensor => new TensorDeclaration(tensor.Name, TensorDtype.F32, tensor.Shape)));
        Random random = new(1);
        foreach (TensorEntry entry in writer.Tensors)
        {
            byte[] values = new byte[entry.ByteCount];
            for (int place = 0; place < values.Length; place += sizeof(float))
            {
                BitConverter.TryWriteBytes(values.AsSpan(place), (random.NextSingle() - 0.5f) / 8);
            }

            writer.Write(values);
        }

        writer.Finish();
        return new ExpertCheckpoint(folder);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
