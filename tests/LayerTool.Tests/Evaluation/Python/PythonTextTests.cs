using LayerTool.Evaluation.Python;
using Xunit;

namespace LayerTool.Tests.Evaluation.Python;

public sealed class PythonTextTests
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
        Assert.Equal(expected, PythonText.Capitalize(text));
    }

    [Theory]
    [InlineData("\u001c a b\u001f\u00a0\n", "a b")]
    [InlineData(" \t", "")]
    [InlineData("\u200ba", "\u200ba")]
    public void Strip_takes_the_four_separators_too(string text, string expected)
    {
        Assert.Equal(expected, PythonText.Strip(text));
    }

    [Fact]
    public void Length_counts_code_points()
    {
        Assert.Equal(5, PythonText.Length("👩‍👩‍👧"));
        Assert.Equal(2, PythonText.Length("e\u0301"));
    }
}
