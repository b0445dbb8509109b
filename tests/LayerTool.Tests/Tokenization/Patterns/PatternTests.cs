using System.Text.RegularExpressions;
using LayerTool.Faults;
using LayerTool.Tokenization;
using LayerTool.Tokenization.Patterns;
using Xunit;

namespace LayerTool.Tests.Tokenization.Patterns;

public sealed class PatternTests
{
    private const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    private const string Llama3 = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string ByCase = @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    // Of characters on which .NET's tables and the reference's agree, .NET's engine finds the same matches.
    [Theory]
    [InlineData(Gpt2)]
    [InlineData(Llama3)]
    [InlineData(ByCase)]
    [InlineData(@"(?:ab|a)(?:b|c)?|\s{2,3}?.|[a-c]{2}[^'.]")]
    [InlineData(@"a*?b|(?=[A-Z]{2})\w|(?:a|B)+1|é+?\d")]
    public void Drawn_texts_are_cut_as_by_a_regular_expression_engine(string source)
    {
        const string Characters = "aabbcsStTeB1  \r\n\t'.,/é中Ωß!";
        Pattern pattern = Pattern.Parse(source, "test");
        Regex regex = new(source, RegexOptions.CultureInvariant);
        Random random = new(0);
        for (int i = 0; i < 2_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 30)).Select(_ => Characters[random.Next(Characters.Length)]));

            Assert.Equal(regex.Matches(text).Select(match => new TextSpan(match.Index, match.Index + match.Length)), pattern.Matches(text));
        }
    }

    [Theory]
    [InlineData(@"\p{L}+", "a𠀀b", "a𠀀b")] // CJK extension B
    [InlineData(@"[^\p{L}]", "𝐀😀", "😀")] // mathematical letter, emoji
    [InlineData(@"(?i:'s)", "'ſ", "'ſ")] // long s folds to s
    [InlineData(@"[\x{1F600}-\x{1F64F}]+", "a😀😁b", "😀😁")]
    [InlineData(@"\s+", "\u001C\u0085\u3000", "\u0085\u3000")] // .NET takes U+001C for white space
    [InlineData(@"a++b|a", "aab", "aab")]
    [InlineData(@"a?+ab|b", "ab", "b")]
    public void Characters_are_code_points_of_the_reference_tables(string source, string text, string expected)
    {
        List<TextSpan> matches = Pattern.Parse(source, "test").Matches(text);

        TextSpan match = Assert.Single(matches);
        Assert.Equal(expected, text[match.Start..match.End]);
    }

    [Theory]
    [InlineData(@"\p{Han}+", @"`\p{Han}`")]
    [InlineData(@"^a", "anchor `^`")]
    [InlineData(@"a$", "anchor `$`")]
    [InlineData(@"\ba", @"`\b`")]
    [InlineData(@"(a)\1", @"`\1`")]
    [InlineData(@"(?<=a)b", "a group of a kind")]
    [InlineData(@"[a&&b]", "`&&`")]
    [InlineData(@"[[:alpha:]]", "`[` inside")]
    [InlineData(@"[]a]", "`]` as the first")]
    [InlineData(@"(?i:k)", "`k` without regard to case")]
    [InlineData(@"a**", "a repetition of a repetition")]
    [InlineData(@"(?:a?)*", "may be empty")]
    [InlineData(@"(?:ab)++", "possessive repetition of a group")]
    [InlineData(@"a{2}?", "exact count")]
    [InlineData(@"a{9999}", "above 1000")]
    [InlineData(@"(((((a|b){1000}){1000}){1000}){1000}){1000}", "longer than 20000 steps")]
    [InlineData(@"a*", "matches the empty text")]
    [InlineData(@"(a", "missing `)`")]
    [InlineData(@"a)", "`)` without `(`")]
    [InlineData(@"[a", "an end where more must follow")]
    [InlineData(@"[z-a]", "not two characters in order")]
    [InlineData("a\\", "an end where more must follow")]
    [InlineData(@"\xZ", "hexadecimal")]
    [InlineData(@"\x{D800}", "U+D800")]
    public void What_is_not_handled_is_named(string source, string expected)
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(() => Pattern.Parse(source, "tokenizer.json: `field`"));

        Assert.StartsWith("tokenizer.json: `field`: the pattern is not handled: ", fault.Message, StringComparison.Ordinal);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_nested_beyond_measure_are_refused()
    {
        string source = new string('(', 10_000) + "a" + new string(')', 10_000);

        LayerToolException fault = Assert.Throws<LayerToolException>(() => Pattern.Parse(source, "field"));

        Assert.Contains("nested too deeply", fault.Message, StringComparison.Ordinal);
    }
}
