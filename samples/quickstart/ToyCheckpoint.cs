using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using LayerTool.Safetensors;

namespace LayerTool.Samples.Quickstart;

/// <summary>
/// Writes the folder of a checkpoint of Llama's shape, a megabyte large and the same on every machine: config, tokenizer, weights.
/// </summary>
internal static class ToyCheckpoint
{
    // Printable ASCII and the line break; the token that ends a text comes first.
    public static readonly string[] Vocabulary = ["<eos>", "\n", .. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => $"{(char)code}")];

    public static void Write(string folder, string text)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), Config().ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), Tokenizer().ToJsonString());
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), new JsonObject { ["tokenizer_class"] = "PreTrainedTokenizerFast", ["eos_token"] = "<eos>" }.ToJsonString());

        string weights = Path.Combine(folder, "model.safetensors");
        File.Delete(weights);
        SortedDictionary<string, float[]> tensors = ToyWeights.Make([.. text.Select(letter => Math.Max(0, Array.IndexOf(Vocabulary, $"{letter}")))]);
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
        ["hidden_size"] = ToyWeights.Hidden,
        ["intermediate_size"] = ToyWeights.Inner,
        ["max_position_embeddings"] = 256,
        ["num_attention_heads"] = ToyWeights.Heads,
        ["num_hidden_layers"] = ToyWeights.Layers,
        ["num_key_value_heads"] = ToyWeights.KvHeads,
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

    private static ImmutableArray<long> Shape(string name, int count) => name switch
    {
        _ when name.EndsWith("norm.weight", StringComparison.Ordinal) => [count],
        _ when name.EndsWith("down_proj.weight", StringComparison.Ordinal) => [ToyWeights.Hidden, ToyWeights.Inner],
        _ => [count / ToyWeights.Hidden, ToyWeights.Hidden],
    };
}
