using System.Text.Json.Nodes;
using LayerTool.Cli.Output;
using Xunit;

namespace LayerTool.Tests.Cli.Output;

public sealed class JsonReportTests
{
    [Fact]
    public void The_schema_comes_first_and_names_are_camel_case()
    {
        string json = JsonReport.Write("layertool.test/1", new { TokenCount = 3, File = "a&b/ü" });

        Assert.Equal("{\n  \"schema\": \"layertool.test/1\",\n  \"tokenCount\": 3,\n  \"file\": \"a&b/ü\"\n}", json.ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void What_is_no_number_is_null(double value)
    {
        JsonNode document = JsonNode.Parse(JsonReport.Write("s", new { Value = value, Single = (float)value }))!;

        Assert.Null(document["value"]);
        Assert.Null(document["single"]);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(1.0 / 3)]
    [InlineData(5e-324)]
    [InlineData(double.MaxValue)]
    [InlineData(-123456789.123456789)]
    public void Numbers_read_back_as_they_were(double value)
    {
        JsonNode document = JsonNode.Parse(JsonReport.Write("s", new { Value = value }))!;

        Assert.Equal(value, document["value"]!.GetValue<double>());
    }

    [Fact]
    public void Keys_of_dictionaries_stay_as_they_are()
    {
        string json = JsonReport.Write("s", new Dictionary<string, object> { ["Wiki.TXT"] = 1 });

        Assert.Contains("\"Wiki.TXT\": 1", json, StringComparison.Ordinal);
    }
}
