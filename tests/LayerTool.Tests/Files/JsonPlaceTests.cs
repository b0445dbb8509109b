using System.Text;
using LayerTool.Faults;
using LayerTool.Files;
using Xunit;

namespace LayerTool.Tests.Files;

public sealed class JsonPlaceTests
{
    private static readonly JsonLimits Limits = new(1000, Deepest: 3, "take another file");

    [Theory]
    [InlineData("", "line 1, column 1: expected a value, found the end of the text")]
    [InlineData("no", "line 1, column 1: expected `true`, `false` or `null`, found `n`")]
    [InlineData("NaN", "line 1, column 1: expected a value, found `N`")]
    [InlineData("{", "line 1, column 2: expected a key in quotes or `}`, found the end of the text")]
    [InlineData("{\n  \"a\": 1\n  \"b\": 2\n}", "line 3, column 3: expected `,` or `}`, found `\"`")]
    [InlineData("{\"a\": 1,}", "line 1, column 9: expected a key in quotes, found `}`")]
    [InlineData("{\"a\" 1}", "line 1, column 6: expected `:` behind the key, found `1`")]
    [InlineData("{\"a\": }", "line 1, column 7: expected a value, found `}`")]
    [InlineData("{a: 1}", "line 1, column 2: expected a key in quotes or `}`, found `a`")]
    [InlineData("[1 2]", "line 1, column 4: expected `,` or `]`, found `2`")]
    [InlineData("[1,\n]", "line 2, column 1: expected a value, found `]`")]
    [InlineData("[1, 01]", "line 1, column 6: expected a number such as 2 or -0.5, found `1`")]
    [InlineData("[-]", "line 1, column 3: expected a number such as 2 or -0.5, found `]`")]
    [InlineData("{} {}", "line 1, column 4: expected nothing more, found `{`")]
    [InlineData("[\"ä\", \"a", "line 1, column 9: expected `\"` at the end of the string, found the end of the text")]
    [InlineData("[\"a\nb\"]", "line 1, column 4: expected `\"` at the end of the string, found the end of the line")]
    [InlineData("[\"a\\qb\"]", "line 1, column 5: expected an escape such as `\\n` or `\\u00e4`, found `q`")]
    [InlineData("[[[[1]]]]", "line 1, column 4: lists and objects are nested more than 3 deep")]
    [InlineData("{\"a\": 1,\n \"\\u0061\": 2}", "line 2, column 2: the key `a` is there twice")]
    [InlineData("[\"\\ud800\"]", "line 1, column 2: the string holds half of a surrogate pair")]
    [InlineData("// no\n1", "line 1, column 1: expected a value, found `/`")]
    public void The_first_fault_is_named_by_line_and_column(string text, string expected)
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(() => GuardedJson.Parse(Encoding.UTF8.GetBytes(text), "a.json", Limits));

        Assert.Equal($"a.json: is not sound JSON: {expected}", fault.Message);
        Assert.Equal(Limits.Hint, fault.Hint);
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over_and_bytes_that_are_no_text_are_refused()
    {
        Assert.Equal(1, GuardedJson.Parse("\ufeff1"u8.ToArray(), "a.json", Limits).RootElement.GetInt32());
        Assert.Equal("a.json: is not UTF-8 text", Assert.Throws<LayerToolException>(() => GuardedJson.Parse(new byte[] { 0x22, 0xff, 0x22 }, "a.json", Limits)).Message);
    }
}
