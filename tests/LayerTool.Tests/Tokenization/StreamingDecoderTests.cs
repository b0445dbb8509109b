using System.Text.Json.Nodes;
using LayerTool.Tests.Support;
using LayerTool.Tokenization;
using Xunit;

namespace LayerTool.Tests.Tokenization;

public sealed class StreamingDecoderTests
{
    [Fact]
    public void A_character_of_several_tokens_comes_with_the_last_of_them()
    {
        Tokenizer tokenizer = StoriesTokenizer.Open();
        StreamingDecoder decoder = new(tokenizer);
        List<string> parts = [.. tokenizer.Encode("a😀 b", false).Select(decoder.Add), decoder.Finish()];

        Assert.Equal(["a", "", "", "", "😀", " b", ""], parts);
    }

    [Fact]
    public void A_character_that_never_becomes_whole_comes_out_at_the_end()
    {
        Tokenizer tokenizer = StoriesTokenizer.Open();
        StreamingDecoder decoder = new(tokenizer);
        int lead = tokenizer.Find("<0xF0>")!.Value;

        Assert.Equal("", decoder.Add(lead));
        Assert.Equal("\uFFFD", decoder.Finish());
    }

    [Fact]
    public void Bytes_that_are_no_text_are_not_kept_for_ever()
    {
        Tokenizer tokenizer = StoriesTokenizer.Open();
        StreamingDecoder decoder = new(tokenizer);
        int tail = tokenizer.Find("<0x80>")!.Value;

        Assert.Contains(Enumerable.Repeat(tail, 100), id => decoder.Add(id).Length > 0);
    }

    [Fact]
    public void Special_tokens_are_left_out_on_request()
    {
        Tokenizer tokenizer = StoriesTokenizer.Open();
        StreamingDecoder decoder = new(tokenizer, skipSpecialTokens: true);

        Assert.Equal("Once", string.Concat(tokenizer.Encode("Once", true).Append(tokenizer.EosTokenId!.Value).Select(decoder.Add)));
    }

    [Fact]
    public void The_parts_joined_are_the_text_decoded_at_once() =>
        CompareParts(StoriesTokenizer.Open(), Path.Combine(StoriesTokenizer.Folder, "golden.json"));

    [Theory]
    [InlineData("smollm2")]
    [InlineData("qwen3")]
    public void The_parts_joined_are_the_text_decoded_at_once_for_byte_level_files(string name) => CompareParts(
        Tokenizer.Open(SharedFiles.Find($"tokenizers/{name}"), TokenizerMode.Raw), SharedFiles.Find($"golden/tokenizers/{name}.json"));

    private static void CompareParts(Tokenizer tokenizer, string golden)
    {
        foreach (JsonNode? item in JsonNode.Parse(File.ReadAllBytes(golden))!["cases"]!.AsArray())
        {
            IReadOnlyList<int> ids = tokenizer.Encode(item!["text"]!.GetValue<string>(), false);
            StreamingDecoder decoder = new(tokenizer);

            Assert.Equal(tokenizer.Decode(ids), string.Concat(ids.Select(decoder.Add)) + decoder.Finish());
        }
    }
}
