using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LayerTool.Samples.Pair.Tokens;

/// <summary>tokenizer.json in the format of Hugging Face's tokenizers, and tokenizer_config.json.</summary>
internal static class TokenizerFiles
{
    /// <summary>Ends a document, and precedes one.</summary>
    public const string EndOfText = "<|endoftext|>";

    /// <summary>Id of <see cref="EndOfText"/>.</summary>
    public const int EndOfTextId = 0;

    // The fixed format, as `Question.Prompt` has it.
    private const string ChatTemplate =
        "{% for message in messages %}{% if message['role'] == 'user' %}Question: {{ message['content'] }}"
        + "{% else %} Answer: {{ message['content'] }}{{ eos_token }}{% endif %}{% endfor %}{% if add_generation_prompt %} Answer:{% endif %}";

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Short = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes both files.</summary>
    /// <param name="folder">The checkpoint's folder.</param>
    /// <param name="merges">Of <see cref="BpeTrainer.Learn"/>.</param>
    /// <param name="contextLength">Most tokens of a text.</param>
    /// <param name="answers">Whether the model answers questions: then its format is the chat template.</param>
    public static void Write(string folder, IReadOnlyList<(string Left, string Right)> merges, int contextLength, bool answers)
    {
        JsonObject config = new()
        {
            ["tokenizer_class"] = "PreTrainedTokenizerFast",
            ["bos_token"] = EndOfText,
            ["eos_token"] = EndOfText,
            ["pad_token"] = EndOfText,
            ["add_bos_token"] = false,
            ["clean_up_tokenization_spaces"] = false,
            ["model_max_length"] = contextLength,
        };
        if (answers)
        {
            config["chat_template"] = ChatTemplate;
        }

        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), Tokenizer(merges).ToJsonString(Short));
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), config.ToJsonString(Readable));
    }

    private static JsonObject Tokenizer(IReadOnlyList<(string Left, string Right)> merges)
    {
        JsonObject vocabulary = new() { [EndOfText] = EndOfTextId };
        foreach (string token in BpeTrainer.Alphabet.Order(StringComparer.Ordinal).Concat(merges.Select(pair => pair.Left + pair.Right)))
        {
            vocabulary.TryAdd(token, vocabulary.Count);
        }

        return new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray(new JsonObject
            {
                ["id"] = EndOfTextId,
                ["content"] = EndOfText,
                ["single_word"] = false,
                ["lstrip"] = false,
                ["rstrip"] = false,
                ["normalized"] = false,
                ["special"] = true,
            }),
            ["normalizer"] = null,
            ["pre_tokenizer"] = ByteLevel(),
            ["post_processor"] = null,
            ["decoder"] = ByteLevel(),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["dropout"] = null,
                ["unk_token"] = null,
                ["continuing_subword_prefix"] = null,
                ["end_of_word_suffix"] = null,
                ["fuse_unk"] = false,
                ["byte_fallback"] = false,
                ["ignore_merges"] = false,
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray([.. merges.Select(pair => new JsonArray(pair.Left, pair.Right))]),
            },
        };
    }

    private static JsonObject ByteLevel() => new() { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = true };
}
