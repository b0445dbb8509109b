using LayerTool.Tokenization.Templates;
using Xunit;

namespace LayerTool.Tests.Tokenization.Templates;

public sealed class PythonSpaceTests
{
    [Theory]
    [InlineData("\u001c a b\u001f\u00a0\n", "a b")]
    [InlineData(" \t", "")]
    [InlineData("\u200ba", "\u200ba")]
    public void Trimming_takes_the_four_separators_too(string text, string expected)
    {
        Assert.Equal(expected, PythonSpace.Trim(text));
    }
}
