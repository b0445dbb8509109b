using System.Text.Json.Nodes;
using LayerTool.Tests.Support;
using LayerTool.Tokenization;
using Xunit;

namespace LayerTool.Tests.Tokenization;

public sealed class TokenizerTests
{
    [Fact]
    public void The_folder_names_the_tokens_that_begin_and_end_a_text()
    {
        Tokenizer tokenizer = StoriesTokenizer.Open();

        Assert.Equal((1, 2, 512), (tokenizer.BosTokenId, tokenizer.EosTokenId, tokenizer.VocabularySize));
        Assert.Equal(("<s>", 2), (tokenizer.Token(1), tokenizer.Find("</s>")));
        Assert.Null(tokenizer.Token(512));
        Assert.Null(tokenizer.Find("no such token"));
    }

    [Fact]
    public void Without_a_tokenizer_config_no_token_begins_or_ends_a_text()
    {
        using TempFolder folder = new();
        Tokenizer tokenizer = StoriesTokenizer.OpenChanged(folder, _ => { });

        Assert.Null(tokenizer.BosTokenId);
        Assert.Null(tokenizer.EosTokenId);
    }

    [Theory]
    [InlineData("""{"eos_token": {"content": "</s>", "lstrip": false}}""", 2)]
    [InlineData("""{"eos_token": "</s>"}""", 2)]
    [InlineData("""{"eos_token": null}""", null)]
    [InlineData("""{"eos_token": "unheard of"}""", null)]
    public void The_end_token_is_read_in_each_of_its_forms(string config, int? expected)
    {
        using TempFolder folder = new();
        File.WriteAllText(Path.Combine(folder.Path, "tokenizer_config.json"), config);
        Tokenizer tokenizer = StoriesTokenizer.OpenChanged(folder, _ => { });

        Assert.Equal(expected, tokenizer.EosTokenId);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_read_as_a_replacement_character()
    {
        Tokenizer tokenizer = StoriesTokenizer.Open();

        Assert.Equal(tokenizer.Encode("a\uFFFDb", false), tokenizer.Encode("a\uD800b", false));
        Assert.Equal("a\uFFFDb", tokenizer.Decode(tokenizer.Encode("a\uDC00b", false)));
    }

    [Fact]
    public void A_long_text_without_spaces_takes_no_more_than_its_share()
    {
        Tokenizer tokenizer = StoriesTokenizer.Open();
        string text = string.Concat(Enumerable.Repeat("onceuponatime", 40_000)) + new string('a', 500_000);

        // A loop whose time grows with the square would not end here.
        Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text, false)));
    }

    [Theory]
    [InlineData("a<x>b", "▁a|<x>|▁b")]
    [InlineData("a  <x>  b", "▁a|▁|▁|<x>|▁|▁|▁b")]
    public void An_added_token_is_cut_out_of_the_text(string text, string expected) => Assert.Equal(expected, Tokens(text, []));

    [Theory]
    [InlineData("lstrip", "a  <x>  b", "▁a|<x>|▁|▁|▁b")]
    [InlineData("rstrip", "a  <x>  b", "▁a|▁|▁|<x>|▁b")]
    [InlineData("single_word", "a<x> <x> <x>b <x>", "▁a|<|x|>|▁|<x>|▁|▁|<|x|>|b|▁|<x>")]
    public void Its_flags_take_white_space_or_want_a_border(string flag, string text, string expected) => Assert.Equal(expected, Tokens(text, [flag]));

    // The normalizer puts ▁ in front and turns spaces into ▁, of the text and of the token alike.
    [Theory]
    [InlineData("a bc", "a b|c")]
    [InlineData("ba b", "▁b|a|▁b")]
    public void A_normalized_one_is_searched_in_the_normalized_text(string text, string expected) =>
        Assert.Equal(expected, Tokens(text, ["normalized"], content: "a b"));

    [Fact]
    public void Of_several_at_one_place_the_longest_is_taken()
    {
        using TempFolder folder = new();
        Tokenizer tokenizer = StoriesTokenizer.OpenChanged(folder, json =>
        {
            Add(json, 600, "<x", []);
            Add(json, 601, "<x><y>", []);
            Add(json, 602, "<x>", []);
        });

        Assert.Equal([601, 602, 600], tokenizer.Encode("<x><y><x><x", false));
    }

    private static string Tokens(string text, string[] flags, string content = "<x>")
    {
        using TempFolder folder = new();
        Tokenizer tokenizer = StoriesTokenizer.OpenChanged(folder, json => Add(json, 600, content, flags));
        return string.Join('|', tokenizer.Encode(text, false).Select(tokenizer.Token));
    }

    private static void Add(JsonObject json, int id, string content, string[] flags) => json["added_tokens"]!.AsArray().Add(new JsonObject
    {
        ["id"] = id,
        ["content"] = content,
        ["single_word"] = flags.Contains("single_word"),
        ["lstrip"] = flags.Contains("lstrip"),
        ["rstrip"] = flags.Contains("rstrip"),
        ["normalized"] = flags.Contains("normalized"),
        ["special"] = false,
    });
}
