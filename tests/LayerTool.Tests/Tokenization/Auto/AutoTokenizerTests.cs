using System.Text.Json.Nodes;
using LayerTool.Tests.Support;
using LayerTool.Tokenization;
using LayerTool.Tokenization.Auto;
using Xunit;

namespace LayerTool.Tests.Tokenization.Auto;

public sealed class AutoTokenizerTests
{
    [Theory]
    [InlineData("gemma")]
    [InlineData("llama2")]
    [InlineData("mistral-v1-json")]
    [InlineData("mistral-v3-json")]
    [InlineData("phi3-like")]
    public void Where_AutoTokenizer_differs_from_the_file_auto_gives_its_ids_and_raw_the_files(string name)
    {
        Tokenizer auto = Tokenizer.Open(SharedFiles.Find($"tokenizers/{name}"), TokenizerMode.Auto);
        Tokenizer raw = Tokenizer.Open(SharedFiles.Find($"tokenizers/{name}"), TokenizerMode.Raw);
        JsonArray cases = JsonNode.Parse(File.ReadAllBytes(SharedFiles.Find($"golden/tokenizers/auto/{name}.json")))!["cases"]!.AsArray();

        Assert.NotEmpty(cases);
        foreach (JsonNode? item in cases)
        {
            string text = item!["text"]!.GetValue<string>();
            Assert.Equal(item["ids_auto"]!.AsArray().Select(id => id!.GetValue<int>()), auto.Encode(text, false));
            Assert.Equal(item["ids_file"]!.AsArray().Select(id => id!.GetValue<int>()), raw.Encode(text, false));
        }
    }

    // The general lists hold no names of tokens; of those that auto/ does not hold the ids are the same both ways.
    [Theory]
    [InlineData("gemma2")]
    [InlineData("llama2")]
    [InlineData("llama3")]
    [InlineData("qwen3")]
    [InlineData("bert")]
    public void Elsewhere_both_give_the_same_ids(string name)
    {
        Tokenizer auto = Tokenizer.Open(SharedFiles.Find($"tokenizers/{name}"), TokenizerMode.Auto);
        string differing = Path.Combine(SharedFiles.Find("golden/tokenizers/auto"), $"{name}.json");
        HashSet<string> differ = File.Exists(differing)
            ? [.. JsonNode.Parse(File.ReadAllBytes(differing))!["cases"]!.AsArray().Select(item => item!["text"]!.GetValue<string>())]
            : [];
        JsonNode[] cases = [.. JsonNode.Parse(File.ReadAllBytes(SharedFiles.Find($"golden/tokenizers/{name}.json")))!["cases"]!.AsArray().Take(300)!];

        foreach (JsonNode item in cases.Where(item => !differ.Contains(item["text"]!.GetValue<string>())))
        {
            Assert.Equal(item["ids"]!.AsArray().Select(id => id!.GetValue<int>()), auto.Encode(item["text"]!.GetValue<string>(), false));
        }
    }

    // The table of section 5 of the design: stories260K's file under different settings.
    [Theory]
    [InlineData("""{"tokenizer_class": "LlamaTokenizer", "legacy": true}""", "261", "261", "410 261", "261", "1 261", "261 1 268")]
    [InlineData("""{"tokenizer_class": "LlamaTokenizer"}""", "261", "261", "410 261", "261", "1 412", "261 1 268")]
    [InlineData("""{"tokenizer_class": "LlamaTokenizerFast", "legacy": false}""", "261", "261", "410 261", "261", "1 412", "261 1 268")]
    [InlineData("""{"tokenizer_class": "LlamaTokenizer", "add_prefix_space": false}""", "412", "261", "410 261", "261", "1 412", "412 1 268")]
    [InlineData("""{"tokenizer_class": "GemmaTokenizer"}""", "412", "261", "410 261", "261", "1 412", "412 1 268")]
    [InlineData("""{"tokenizer_class": "PreTrainedTokenizerFast"}""", "261", "410 261", "410 410 261", "410 261", "1 261", "261 1 410 268")]
    public void The_class_and_its_settings_decide_about_marks_in_front(string config, params string[] expected)
    {
        using TempFolder folder = new();
        File.Copy(Path.Combine(StoriesTokenizer.Folder, "tokenizer.json"), Path.Combine(folder.Path, "tokenizer.json"));
        File.WriteAllText(Path.Combine(folder.Path, "tokenizer_config.json"), config);

        Tokenizer tokenizer = Tokenizer.Open(folder.Path, TokenizerMode.Auto);

        string[] texts = ["a", " a", "  a", "\u2581a", "<s>a", "a<s> b"];
        Assert.Equal(expected, texts.Select(text => string.Join(' ', tokenizer.Encode(text, false))));
    }

    [Theory]
    [InlineData("LlamaTokenizer", null, false, RebuiltClass.Llama)]
    [InlineData("LlamaTokenizerFast", "llama", false, RebuiltClass.Llama)]
    [InlineData("LlamaTokenizer", "llama", true, RebuiltClass.None)]
    [InlineData("LlamaTokenizer", "olmo", false, RebuiltClass.Llama)]
    [InlineData("LlamaTokenizer", "gemma3_text", false, RebuiltClass.Llama)]
    [InlineData("LlamaTokenizer", "mistral", false, RebuiltClass.None)]
    [InlineData("LlamaTokenizer", "phi3", false, RebuiltClass.None)]
    [InlineData("LlamaTokenizer", "granite", false, RebuiltClass.None)]
    [InlineData("LlamaTokenizer", "qwen2", false, RebuiltClass.Other)]
    [InlineData("PreTrainedTokenizerFast", "llama", false, RebuiltClass.None)]
    [InlineData("PreTrainedTokenizerFast", "gemma", false, RebuiltClass.None)]
    [InlineData(null, "gemma", false, RebuiltClass.Gemma)]
    [InlineData(null, "llama", false, RebuiltClass.None)]
    [InlineData(null, "mistral", false, RebuiltClass.None)]
    [InlineData(null, null, false, RebuiltClass.None)]
    public void The_class_follows_from_its_name_and_the_model_type(string? named, string? modelType, bool byteLevel, object expected) =>
        Assert.Equal((RebuiltClass)expected, ClassChoice.Choose(named, modelType, byteLevel));
}
