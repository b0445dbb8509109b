using System.Text.Json;
using LayerTool.Data;
using LayerTool.Evaluation;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Evaluation;

public sealed class TextSizeTests
{
    [Theory]
    [InlineData("", 1, 0)]
    [InlineData("word", 1, 4)]
    [InlineData(" a  b\n", 4, 6)]
    [InlineData("a\u001cb", 2, 3)]
    [InlineData("é 😀", 2, 7)]
    [InlineData("a\u00a0b\u2003c\u200bd", 3, 12)]
    public void Words_are_the_pieces_between_white_space(string text, long words, long bytes)
    {
        Assert.Equal(new TextSize(words, bytes), TextSize.Of(text));
    }

    [Theory]
    [InlineData("stories260K/wikitext-0-edge", "data/wikitext/edge.jsonl")]
    [InlineData("stories260K/wikitext-0", "data/wikitext/test.jsonl")]
    public void Pages_have_the_words_and_bytes_that_the_harness_counted(string run, string data)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(SharedFiles.Find($"golden/harness/{run}.json")));
        List<string> pages = [.. DocumentFile.Open(SharedFiles.Find(data)).Documents()];
        foreach (JsonElement sample in json.RootElement.GetProperty("samples").EnumerateArray())
        {
            TextSize size = TextSize.Of(pages[sample.GetProperty("doc").GetInt32()]);

            Assert.Equal(sample.GetProperty("word_perplexity")[1].GetInt64(), size.Words);
            Assert.Equal(sample.GetProperty("byte_perplexity")[1].GetInt64(), size.Bytes);
        }
    }
}
