using System.Text.Json.Nodes;
using LayerTool.Tests.Support;
using LayerTool.Tokenization;
using Xunit;

namespace LayerTool.Tests.Tokenization;

public sealed class TokenizerGoldenTests
{
    public static TheoryData<string> Names =>
    [
        "bert", "deepseek_v3", "extra-added-flags", "extra-clip-like", "extra-metaspace-first", "extra-splits", "extra-unigram-bytefallback",
        "extra-unigram-precompiled", "extra-wordpiece-cased", "gemma", "gemma2", "gemma3", "gpt2", "gptoss", "llama2", "llama3", "llama3_2",
        "mistral-v1-json", "mistral-v3-json", "mistral_nemo", "phi3-like", "qwen2_5", "qwen3", "smollm2", "stories260K", "unigram-2k",
    ];

    [Fact]
    public void Ids_and_text_equal_the_reference_on_the_strings_kept_here() =>
        Compare(StoriesTokenizer.Folder, Path.Combine(StoriesTokenizer.Folder, "golden.json"));

    [Theory]
    [MemberData(nameof(Names))]
    public void Ids_text_and_offsets_equal_the_reference_on_every_list(string name) => Compare(
        SharedFiles.Find($"tokenizers/{name}"),
        [.. new[] { SharedFiles.Find($"golden/tokenizers/{name}.json"), Path.Combine(SharedFiles.Find("golden/tokenizers"), "more", $"{name}.json") }.Where(File.Exists)]);

    private static void Compare(string folder, params ReadOnlySpan<string> lists)
    {
        Tokenizer tokenizer = Tokenizer.Open(folder, TokenizerMode.Raw);
        List<string> differences = [];
        foreach (string list in lists)
        {
            JsonArray cases = JsonNode.Parse(File.ReadAllBytes(list))!["cases"]!.AsArray();
            Assert.True(cases.Count > 300, $"{list} holds only {cases.Count} strings");
            foreach (JsonNode? item in cases)
            {
                Compare(tokenizer, item!, differences);
            }
        }

        Assert.True(differences.Count == 0, $"{differences.Count} differences:\n{string.Join('\n', differences.Take(20))}");
    }

    private static void Compare(Tokenizer tokenizer, JsonNode item, List<string> differences)
    {
        string text = item["text"]!.GetValue<string>();
        IReadOnlyList<int> ids = tokenizer.Encode(text, addSpecialTokens: false);
        Note("ids", Join(item["ids"]!), string.Join(' ', ids));
        Note("ids_special", Join(item["ids_special"]!), string.Join(' ', tokenizer.Encode(text, addSpecialTokens: true)));
        if (item["offsets"] is JsonArray offsets)
        {
            Note(
                "offsets",
                string.Join(' ', offsets.Select(pair => $"{pair![0]}-{pair[1]}")),
                string.Join(' ', tokenizer.EncodeWithOffsets(text).Select(token => $"{token.Start}-{token.End}")));
            Note("ids beside offsets", string.Join(' ', ids), string.Join(' ', tokenizer.EncodeWithOffsets(text).Select(token => token.Id)));
        }

        Note("decoded", item["decoded"]!.GetValue<string>(), tokenizer.Decode(ids));
        Note("decoded_skip", item["decoded_skip"]!.GetValue<string>(), tokenizer.Decode(ids, skipSpecialTokens: true));

        void Note(string what, string expected, string found)
        {
            if (expected != found)
            {
                differences.Add($"{what} of {JsonValue.Create(text).ToJsonString()}: expected {expected}, found {found}");
            }
        }
    }

    private static string Join(JsonNode ids) => string.Join(' ', ids.AsArray().Select(id => id!.GetValue<int>()));
}
