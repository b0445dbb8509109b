using System.Text.Json.Nodes;
using LayerTool.Faults;
using LayerTool.Tests.Support;
using LayerTool.Tokenization;
using Xunit;

namespace LayerTool.Tests.Tokenization.SentencePiece;

public sealed class SentencePieceTests
{
    [Theory]
    [InlineData("mistral-v1", "golden/sentencepiece/mistral-v1.json")]
    [InlineData("mistral-v3", "golden/sentencepiece/mistral-v3.json")]
    [InlineData("mistral-v1", "golden/tokenizers/sentencepiece/mistral-v1.json")]
    [InlineData("mistral-v3", "golden/tokenizers/sentencepiece/mistral-v3.json")]
    [InlineData("extra-unigram-bytefallback", "golden/tokenizers/sentencepiece/extra-unigram-bytefallback.json")]
    [InlineData("extra-unigram-precompiled", "golden/tokenizers/sentencepiece/extra-unigram-precompiled.json")]
    public void Ids_and_text_equal_those_of_sentencepiece(string name, string list)
    {
        using TempFolder folder = new();
        Tokenizer tokenizer = OpenModelAlone(folder, name, TokenizerMode.Raw);
        List<string> differences = [];
        JsonArray cases = JsonNode.Parse(File.ReadAllBytes(SharedFiles.Find(list)))!["cases"]!.AsArray();
        Assert.True(cases.Count > 300, $"{list} holds only {cases.Count} strings");
        foreach (JsonNode? item in cases)
        {
            string text = item!["text"]!.GetValue<string>();
            IReadOnlyList<int> ids = tokenizer.Encode(text, false);
            string expected = string.Join(' ', item["ids"]!.AsArray().Select(id => id!.GetValue<int>()));
            if (expected != string.Join(' ', ids) || item["decoded"]!.GetValue<string>() != tokenizer.Decode(ids))
            {
                differences.Add($"{JsonValue.Create(text).ToJsonString()}: expected {expected}, found {string.Join(' ', ids)}, {JsonValue.Create(tokenizer.Decode(ids)).ToJsonString()}");
            }
        }

        Assert.True(differences.Count == 0, $"{differences.Count} differences:\n{string.Join('\n', differences.Take(20))}");
    }

    [Fact]
    public void The_model_names_its_own_special_tokens()
    {
        using TempFolder folder = new();
        Tokenizer tokenizer = OpenModelAlone(folder, "mistral-v1", TokenizerMode.Raw);

        Assert.Equal((1, 2, 32_000), (tokenizer.BosTokenId, tokenizer.EosTokenId, tokenizer.VocabularySize));
        Assert.Equal(1, tokenizer.Encode("a", addSpecialTokens: true)[0]);
    }

    [Fact]
    public void Control_tokens_in_a_text_are_cut_out_only_as_AutoTokenizer_does()
    {
        using TempFolder folder = new();

        Assert.Equal(3, OpenModelAlone(folder, "mistral-v3", TokenizerMode.Auto).Encode("[INST] a", false)[0]);
        Assert.NotEqual(3, OpenModelAlone(folder, "mistral-v3", TokenizerMode.Raw).Encode("[INST] a", false)[0]);
    }

    [Theory]
    [InlineData(new byte[] { 0x0A, 0x05, 0x0A }, "is no sentencepiece model, or is cut short")]
    [InlineData(new byte[] { 0x0F }, "is no sentencepiece model, or is cut short")]
    [InlineData(new byte[] { 0x0A, 0x05, 0x0A, 0x01, 0x61, 0x18, 0x05 }, "has the piece 0 (`a`) of the kind 5, which is not handled")]
    [InlineData(new byte[] { 0x0A, 0x03, 0x0A, 0x01, 0x61, 0x0A, 0x03, 0x0A, 0x01, 0x61 }, "has the piece `a` twice")]
    [InlineData(new byte[] { 0x0A, 0x03, 0x0A, 0x01, 0x61, 0x12, 0x02, 0x18, 0x03 }, "has a model of the kind 3")]
    public void What_is_wrong_or_not_handled_is_named(byte[] bytes, string expected)
    {
        using TempFolder folder = new();
        File.WriteAllBytes(Path.Combine(folder.Path, "tokenizer.model"), bytes);

        LayerToolException fault = Assert.Throws<LayerToolException>(() => Tokenizer.Open(folder.Path, TokenizerMode.Raw));

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.NotNull(fault.Hint);
    }

    private static Tokenizer OpenModelAlone(TempFolder folder, string name, TokenizerMode mode)
    {
        File.Copy(SharedFiles.Find($"tokenizers/{name}/tokenizer.model"), Path.Combine(folder.Path, "tokenizer.model"), overwrite: true);
        return Tokenizer.Open(folder.Path, mode);
    }
}
