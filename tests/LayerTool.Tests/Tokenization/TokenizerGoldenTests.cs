using System.Text.Json.Nodes;
using LayerTool.Tests.Support;
using LayerTool.Tokenization;
using Xunit;

namespace LayerTool.Tests.Tokenization;

public sealed class TokenizerGoldenTests
{
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
    [InlineData("mistral-v1-json")]
    [InlineData("mistral-v3-json")]
    [InlineData("phi3-like")]
    [InlineData("extra-metaspace-first")]
    public void Ids_and_text_equal_the_reference_on_every_string(string name)
    {
        Tokenizer tokenizer = Tokenizer.Open(SharedFiles.Find($"tokenizers/{name}"), TokenizerMode.Raw);
        List<string> differences = [];
        int cases = 0;
        foreach (JsonNode? item in Cases(name))
        {
            cases++;
            string text = item!["text"]!.GetValue<string>();
            IReadOnlyList<int> ids = tokenizer.Encode(text, addSpecialTokens: false);
            Note(differences, text, "ids", Ids(item["ids"]!), ids);
            Note(differences, text, "ids_special", Ids(item["ids_special"]!), tokenizer.Encode(text, addSpecialTokens: true));
            Note(differences, text, "decoded", item["decoded"]!.GetValue<string>(), tokenizer.Decode(ids));
            Note(differences, text, "decoded_skip", item["decoded_skip"]!.GetValue<string>(), tokenizer.Decode(ids, skipSpecialTokens: true));
        }

        Assert.True(cases > 300, $"only {cases} strings were compared");
        Assert.True(differences.Count == 0, $"{differences.Count} differences:\n{string.Join('\n', differences.Take(20))}");
    }

    private static IEnumerable<JsonNode?> Cases(string name)
    {
        foreach (string folder in (string[])["golden/tokenizers", "golden/tokenizers/more"])
        {
            string file = Path.Combine(SharedFiles.Find(folder), name + ".json");
            bool needed = folder == "golden/tokenizers";
            if (needed || File.Exists(file))
            {
                foreach (JsonNode? item in JsonNode.Parse(File.ReadAllBytes(file))!["cases"]!.AsArray())
                {
                    yield return item;
                }
            }
        }
    }

    private static string Ids(JsonNode ids) => string.Join(' ', ids.AsArray().Select(id => id!.GetValue<int>()));

    private static void Note(List<string> differences, string text, string what, string expected, IReadOnlyList<int> found) =>
        Note(differences, text, what, expected, string.Join(' ', found));

    private static void Note(List<string> differences, string text, string what, string expected, string found)
    {
        if (expected != found)
        {
            differences.Add($"{what} of {JsonValue.Create(text).ToJsonString()}: expected {expected}, found {found}");
        }
    }
}
