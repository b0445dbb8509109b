using LayerTool.Cli.Output;
using Xunit;

namespace LayerTool.Tests.Cli.Output;

public sealed class QuotedTextTests
{
    [Theory]
    [InlineData("a\n\"b\" \\", "\"a\\n\\\"b\\\" \\\\\"")]
    [InlineData("\U0001F600 äß 𠀀", "\"\U0001F600 äß 𠀀\"")]
    [InlineData("\U0001F469\u200D\U0001F4BB", "\"\U0001F469\u200D\U0001F4BB\"")]
    [InlineData("\u001b[31m\u202Ex", "\"\\u001b[31m\\u202ex\"")]
    public void Letters_and_emoji_stand_as_they_are_and_what_steers_a_terminal_is_escaped(string text, string expected)
    {
        Assert.Equal(expected, QuotedText.Of(text));
    }
}
