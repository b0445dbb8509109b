using System.Text.Json.Nodes;
using LayerTool.Tests.Support;
using LayerTool.Tokenization;
using Xunit;

namespace LayerTool.Tests.Tokenization;

public sealed class TokenizerGoldenTests
{
    [Fact]
    public void Ids_and_text_equal_the_reference_on_the_strings_kept_here() =>
        Compare(StoriesTokenizer.Folder, Path.Combine(StoriesTokenizer.Folder, "golden.json"));

    [Theory]
    [InlineData("smollm2")]
    [InlineData("stories260K")]
    [InlineData("llama2")]
    [InlineData("llama3")]
    [InlineData("llama3_2")]
    [InlineData("qwen2_5")]
    [InlineData("qwen3")]
    [InlineData("mistral_nemo")]
    [InlineData("gpt2")]
    [InlineData("gptoss")]
    [InlineData("deepseek_v3")]
    [InlineData("gemma")]
    [InlineData("gemma2")]
    [InlineData("gemma3")]
    public void Ids_and_text_equal_the_reference_on_both_lists(string name) => Compare(
        SharedFiles.Find($"tokenizers/{name}"), SharedFiles.Find($"golden/tokenizers/{name}.json"), SharedFiles.Find($"golden/tokenizers/more/{name}.json"));

    [Theory]
    [InlineData("mistral-v1-json")]
    [InlineData("mistral-v3-json")]
    [InlineData("phi3-like")]
    [InlineData("extra-metaspace-first")]
    public void Ids_and_text_equal_the_reference_on_its_one_list(string name) =>
        Compare(SharedFiles.Find($"tokenizers/{name}"), SharedFiles.Find($"golden/tokenizers/{name}.json"));

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
