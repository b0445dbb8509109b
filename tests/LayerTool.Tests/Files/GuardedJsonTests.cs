using System.Text;
using System.Text.Json;
using LayerTool.Faults;
using LayerTool.Files;
using Xunit;

namespace LayerTool.Tests.Files;

public sealed class GuardedJsonTests
{
    private static readonly JsonLimits Limits = new(1 << 20, Deepest: 8, "look at the file");

    [Theory]
    [InlineData("""{"a": 1e1234567}""")]
    [InlineData("""[1, -2.5E-9999999]""")]
    public void A_number_that_cannot_be_compared_is_refused(string text)
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(() => GuardedJson.Parse(Encoding.UTF8.GetBytes(text), "x.json", Limits));

        Assert.StartsWith("x.json: a number has an exponent of more than 6 digits, at byte ", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a": 1e123456}""")]
    [InlineData("""{"e1234567": "E+7654321"}""")]
    public void Long_digits_elsewhere_are_no_fault(string text)
    {
        using JsonDocument document = GuardedJson.Parse(Encoding.UTF8.GetBytes(text), "x.json", Limits);

        Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
    }
}
