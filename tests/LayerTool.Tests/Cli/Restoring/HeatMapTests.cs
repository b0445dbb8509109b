using System.Collections.Immutable;
using LayerTool.Cli.Restoring;
using LayerTool.Evaluation.Diversity;
using LayerTool.Scoring;
using Xunit;

namespace LayerTool.Tests.Cli.Restoring;

public sealed class HeatMapTests
{
    [Fact]
    public void Rows_are_first_layers_and_columns_last_ones()
    {
        // More diverse with every layer taken; the ranges that end at the last layer do not stay valid.
        TriangleTable table = Table(4, range => new CharacterScore(range.Last == 3 ? 0.1 : 0.8, range.Count / 4.0, range.Count / 4.0));

        Assert.Equal(
            [
                "each range, by its first layer (down) and its last (across)",
                "       0 1 2 3",
                "    0  3 6 * .",
                "    1    3 6 .",
                "    2      3 .",
                "    3        .",
                "0 to 9: diversity from 0.000 to 0.750   .: not valid enough   *: chosen",
            ],
            HeatMap.Lines(table));
    }

    [Theory]
    [InlineData(30)]
    [InlineData(37)]
    [InlineData(38)]
    [InlineData(74)]
    [InlineData(75)]
    [InlineData(126)]
    public void Models_of_any_depth_fit_a_terminal(int layers)
    {
        TriangleTable table = Table(layers, range => new CharacterScore(0.8, 0.5, 0.5 + (range.First == layers / 2 && range.Last == layers / 2 ? 0.1 : 0)));

        IReadOnlyList<string> lines = HeatMap.Lines(table);

        Assert.All(lines, line => Assert.InRange(line.Length, 1, 80));
        Assert.Single(lines, line => line.Contains('*', StringComparison.Ordinal) && !line.StartsWith("0 to 9", StringComparison.Ordinal));
        Assert.Equal(layers > 74, lines[^1].Contains("a place holds 2 layers", StringComparison.Ordinal));
    }

    [Fact]
    public void The_picture_has_a_square_for_each_range_and_frames_the_chosen_one()
    {
        TriangleTable table = Table(5, range => new CharacterScore(range.Last == 4 ? 0.1 : 0.8, 0.5, range == new LayerRange(1, 3) ? 0.6 : 0.5));

        System.Xml.Linq.XDocument drawn = System.Xml.Linq.XDocument.Parse(HeatMapSvg.Text(table));

        System.Xml.Linq.XElement[] squares = [.. drawn.Descendants().Where(element => element.Elements().Any(inner => inner.Name.LocalName == "title"))];
        Assert.Equal(15, squares.Length);
        Assert.Equal(5, squares.Count(square => square.Attribute("fill")!.Value == "none"));
        Assert.StartsWith("layers 1-3: ", Assert.Single(squares, square => square.Attribute("stroke-width")?.Value == "3").Value, StringComparison.Ordinal);
    }

    private static TriangleTable Table(int layers, Func<LayerRange, CharacterScore> score)
    {
        ImmutableArray<RangeScore> ranges =
        [
            .. from first in Enumerable.Range(0, layers)
               from last in Enumerable.Range(first, layers - first)
               let range = new LayerRange(first, last)
               select new RangeScore(range, [score(range)]),
        ];
        RestoreTriangle triangle = new(new RangeScore(null, [new CharacterScore(0.8, 0, 0)]), ranges, null, 1, 1);
        return new TriangleTable(new CharacterPrompts("test", "", [new CharacterPrompt("p", ["0", "1"], "all")]), triangle, RestoreChoice.Of(triangle, 0.9));
    }
}
