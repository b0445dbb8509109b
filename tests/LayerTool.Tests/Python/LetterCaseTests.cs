using LayerTool.Python;
using Xunit;

namespace LayerTool.Tests.Python;

public sealed class LetterCaseTests
{
    [Theory]
    [InlineData("hE is ON TV", "He is on tv")]
    [InlineData("\u01c6abc", "\u01c5abc")]
    [InlineData("straße", "Straße")]
    [InlineData("ßharp", "Ssharp")]
    [InlineData("ÉTÉ İSTANBUL", "Été i\u0307stanbul")]
    [InlineData("ΟΔΟΣ ΟΔΟΣ", "Οδος οδος")]
    [InlineData("1A", "1a")]
    [InlineData("", "")]
    public void Capitalize_puts_the_rest_in_lower_case(string text, string expected)
    {
        Assert.Equal(expected, LetterCase.Capitalize(text));
    }
}
