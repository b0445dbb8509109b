using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using LayerTool.Safetensors;

namespace LayerTool.Samples.Quickstart;

/// <summary>
/// Writes a checkpoint of Llama's shape, a megabyte large and the same on every machine. It knows one thing: which letter follows
/// which in a text. That sits in embedding and head; its layers add noise, some more, some less, so that some are better to lose.
/// </summary>
internal static class ToyCheckpoint
{
    private const int Hidden = 64;
    private const int Inner = 128;
    private const int Heads = 4;
    private const int KvHeads = 2;
    private const int HeadDim = Hidden / Heads;
    private const int Layers = 8;
    private const int Seed = 20;

    // Printable ASCII and the line break; the token that ends a text comes first.
    private static readonly string[] Vocabulary = ["<eos>", "\n", .. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => $"{(char)code}")];

    public static void Write(string folder, string text)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), Config().ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), Tokenizer().ToJsonString());
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), new JsonObject { ["tokenizer_class"] = "PreTrainedTokenizerFast", ["eos_token"] = "<eos>" }.ToJsonString());

        string weights = Path.Combine(folder, "model.safetensors");
        File.Delete(weights);
        SortedDictionary<string, float[]> tensors = Tensors(text);
        using SafetensorsWriter writer = SafetensorsWriter.Create(
            weights, tensors.Select(tensor => new TensorDeclaration(tensor.Key, TensorDtype.F32, Shape(tensor.Key, tensor.Value.Length))));
        foreach (TensorEntry due in writer.Tensors)
        {
            writer.Write(MemoryMarshal.AsBytes<float>(tensors[due.Name]));
        }

        writer.Finish();
    }

    private static JsonObject Config() => new()
    {
        ["architectures"] = new JsonArray("LlamaForCausalLM"),
        ["model_type"] = "llama",
        ["hidden_act"] = "silu",
        ["hidden_size"] = Hidden,
        ["intermediate_size"] = Inner,
        ["max_position_embeddings"] = 256,
        ["num_attention_heads"] = Heads,
        ["num_hidden_layers"] = Layers,
        ["num_key_value_heads"] = KvHeads,
        ["rms_norm_eps"] = 1e-6,
        ["rope_theta"] = 10000.0,
        ["tie_word_embeddings"] = false,
        ["torch_dtype"] = "float32",
        ["vocab_size"] = Vocabulary.Length,
        ["eos_token_id"] = 0,
    };

    // Byte-level BPE without merges: a letter is a token.
    private static JsonObject Tokenizer()
    {
        JsonObject vocabulary = [];
        for (int id = 0; id < Vocabulary.Length; id++)
        {
            vocabulary[Vocabulary[id] switch { "\n" => "Ċ", " " => "Ġ", string letter => letter }] = id;
        }

        return new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(new JsonObject
            {
                ["id"] = 0,
                ["content"] = "<eos>",
                ["single_word"] = false,
                ["lstrip"] = false,
                ["rstrip"] = false,
                ["normalized"] = false,
                ["special"] = true,
            }),
            ["pre_tokenizer"] = ByteLevel(),
            ["decoder"] = ByteLevel(),
            ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = vocabulary, ["merges"] = new JsonArray() },
        };
    }

    private static JsonObject ByteLevel() => new() { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = true };

    private static SortedDictionary<string, float[]> Tensors(string text)
    {
        Random random = new(Seed);
        int[] ids = [.. text.Select(letter => Math.Max(0, Array.IndexOf(Vocabulary, $"{letter}")))];
        int[] places = Places(ids);
        SortedDictionary<string, float[]> tensors = new(StringComparer.Ordinal)
        {
            ["model.embed_tokens.weight"] = Embedding(places),
            ["model.norm.weight"] = Ones(Hidden),
            ["lm_head.weight"] = Head(ids, places),
        };
        for (int layer = 0; layer < Layers; layer++)
        {
            string prefix = $"model.layers.{layer}.";
            float noise = 0.005f + (0.06f * random.NextSingle());
            tensors[prefix + "input_layernorm.weight"] = Ones(Hidden);
            tensors[prefix + "self_attn.q_proj.weight"] = Noise(random, Heads * HeadDim * Hidden, 1);
            tensors[prefix + "self_attn.k_proj.weight"] = Noise(random, KvHeads * HeadDim * Hidden, 1);
            tensors[prefix + "self_attn.v_proj.weight"] = Noise(random, KvHeads * HeadDim * Hidden, 1);
            tensors[prefix + "self_attn.o_proj.weight"] = Noise(random, Hidden * Hidden, noise);
            tensors[prefix + "post_attention_layernorm.weight"] = Ones(Hidden);
            tensors[prefix + "mlp.gate_proj.weight"] = Noise(random, Inner * Hidden, 1);
            tensors[prefix + "mlp.up_proj.weight"] = Noise(random, Inner * Hidden, 1);
            tensors[prefix + "mlp.down_proj.weight"] = Noise(random, Hidden * Inner, noise / 4);
        }

        return tensors;
    }

    // The dimension of the residual stream that stands for a token: the frequent ones have one each.
    private static int[] Places(int[] ids)
    {
        int[] places = new int[Vocabulary.Length];
        int next = 0;
        foreach (int id in ids.CountBy(id => id).OrderByDescending(count => count.Value).ThenBy(count => count.Key).Select(count => count.Key).Union(Enumerable.Range(0, places.Length)))
        {
            places[id] = next++ % Hidden;
        }

        return places;
    }

    private static float[] Embedding(int[] places)
    {
        float[] table = new float[places.Length * Hidden];
        for (int id = 0; id < places.Length; id++)
        {
            table[(id * Hidden) + places[id]] = 1;
        }

        return table;
    }

    // Row n, column of token c: log P(n | c). After the final norm that column holds the square root of the width.
    private static float[] Head(int[] ids, int[] places)
    {
        double[,] counts = new double[Vocabulary.Length, Hidden];
        double[] totals = new double[Hidden];
        for (int index = 1; index < ids.Length; index++)
        {
            counts[ids[index], places[ids[index - 1]]]++;
            totals[places[ids[index - 1]]]++;
        }

        const double Unseen = 0.05; // every token may follow, a little
        float[] head = new float[Vocabulary.Length * Hidden];
        for (int next = 0; next < Vocabulary.Length; next++)
        {
            for (int place = 0; place < Hidden; place++)
            {
                double likely = (counts[next, place] + Unseen) / (totals[place] + (Unseen * Vocabulary.Length));
                head[(next * Hidden) + place] = (float)(Math.Log(likely) / Math.Sqrt(Hidden));
            }
        }

        return head;
    }

    private static float[] Ones(int count) => [.. Enumerable.Repeat(1f, count)];

    private static float[] Noise(Random random, int count, float scale)
    {
        float[] values = new float[count];
        for (int index = 0; index < count; index++)
        {
            double gaussian = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            values[index] = (float)(gaussian * scale / Math.Sqrt(Hidden));
        }

        return values;
    }

    private static ImmutableArray<long> Shape(string name, int count) => name switch
    {
        _ when name.EndsWith("norm.weight", StringComparison.Ordinal) => [count],
        _ when name.EndsWith("down_proj.weight", StringComparison.Ordinal) => [Hidden, Inner],
        _ => [count / Hidden, Hidden],
    };
}
