using System.Collections.Immutable;
using LayerTool.Safetensors;

namespace LayerTool.Benchmarks;

/// <summary>A Llama-shaped checkpoint of a wanted size, bfloat16, in a folder of its own that is removed at the end.</summary>
internal sealed class BigCheckpoint : IDisposable
{
    private const int Hidden = 2048;
    private const int Intermediate = 5632; // a multiple of 256, so that DeciLM can say it
    private const int Vocab = 32000;

    private BigCheckpoint(string folder, int layers)
    {
        Folder = folder;
        Layers = layers;
    }

    public string Folder { get; }

    public int Layers { get; }

    /// <summary>Writes random weights.</summary>
    /// <param name="parent">Where its folder is made.</param>
    /// <param name="bytes">About how large.</param>
    /// <param name="holes">Whether the data are a hole in the file instead: for what reads headers only.</param>
    public static BigCheckpoint Make(string parent, long bytes, bool holes)
    {
        long layerBytes = 2 * ((4L * Hidden * Hidden) + (3L * Hidden * Intermediate) + (2L * Hidden));
        int layers = (int)((bytes - (4L * Vocab * Hidden)) / layerBytes);
        BigCheckpoint made = new(Directory.CreateDirectory(Path.Combine(parent, $"big-{Environment.ProcessId}-{bytes}")).FullName, layers);
        File.WriteAllText(Path.Combine(made.Folder, "config.json"), Config(layers));
        string file = Path.Combine(made.Folder, "model.safetensors");
        if (holes)
        {
            WriteHeaderAlone(file, layers);
            return made;
        }

        byte[] piece = new byte[8 << 20];
        new Random(1).NextBytes(piece);
        using SafetensorsWriter writer = SafetensorsWriter.Create(file, Tensors(layers));
        foreach (TensorEntry entry in writer.Tensors)
        {
            for (long done = 0; done < entry.ByteCount; done += piece.Length)
            {
                writer.Write(piece.AsSpan(0, (int)Math.Min(piece.Length, entry.ByteCount - done)));
            }
        }

        writer.Finish();
        return made;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static void WriteHeaderAlone(string file, int layers)
    {
        ImmutableArray<TensorDeclaration> ordered = SafetensorsWriter.InLayout(Tensors(layers));
        byte[] header = HeaderText.Write(ordered, new Dictionary<string, string> { ["format"] = "pt" });
        using FileStream stream = File.Create(file);
        stream.Write(BitConverter.GetBytes((long)header.Length));
        stream.Write(header);
        stream.SetLength(stream.Position + ordered.Sum(tensor => tensor.ByteCount));
    }

    private static IEnumerable<TensorDeclaration> Tensors(int layers)
    {
        TensorDeclaration Declare(string name, params long[] shape) => new(name, TensorDtype.BF16, [.. shape]);

        yield return Declare("model.embed_tokens.weight", Vocab, Hidden);
        yield return Declare("model.norm.weight", Hidden);
        yield return Declare("lm_head.weight", Vocab, Hidden);
        for (int layer = 0; layer < layers; layer++)
        {
            string prefix = $"model.layers.{layer}.";
            foreach (string name in (string[])["q_proj", "k_proj", "v_proj", "o_proj"])
            {
                yield return Declare($"{prefix}self_attn.{name}.weight", Hidden, Hidden);
            }

            yield return Declare(prefix + "mlp.gate_proj.weight", Intermediate, Hidden);
            yield return Declare(prefix + "mlp.up_proj.weight", Intermediate, Hidden);
            yield return Declare(prefix + "mlp.down_proj.weight", Hidden, Intermediate);
            yield return Declare(prefix + "input_layernorm.weight", Hidden);
            yield return Declare(prefix + "post_attention_layernorm.weight", Hidden);
        }
    }

    private static string Config(int layers) => $$"""
        {
          "architectures": ["LlamaForCausalLM"],
          "model_type": "llama",
          "hidden_size": {{Hidden}},
          "intermediate_size": {{Intermediate}},
          "num_attention_heads": 16,
          "num_key_value_heads": 16,
          "num_hidden_layers": {{layers}},
          "max_position_embeddings": 4096,
          "rms_norm_eps": 1e-05,
          "rope_theta": 10000.0,
          "tie_word_embeddings": false,
          "torch_dtype": "bfloat16",
          "vocab_size": {{Vocab}}
        }
        """;
}
