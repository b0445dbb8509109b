using System.Globalization;
using System.Net;
using System.Text;
using LayerTool.Scoring;

namespace LayerTool.Cli.Restoring;

/// <summary>The ranges as a picture: dark is little diversity, light is much; ranges that do not stay valid are hollow.</summary>
internal static class HeatMapSvg
{
    private const int Cell = 16;
    private const int Margin = 48;
    private const int KeyHeight = 64;

    // Dark to light, even to the eye and to those who do not see red and green apart.
    private static readonly (int Red, int Green, int Blue)[] Ramp = [(38, 20, 84), (38, 84, 124), (48, 146, 124), (142, 202, 82), (250, 232, 92)];

    /// <summary>The file's text.</summary>
    public static string Text(TriangleTable table)
    {
        int last = table.Triangle.Ranges.Max(row => row.Range!.Value.Last);
        int size = (last + 1) * Cell;
        int width = Math.Max(size, 420) + (2 * Margin), height = size + (2 * Margin) + KeyHeight;
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"10\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n<text x=\"{Margin}\" y=\"18\" font-size=\"12\">last layer →   (first layer ↓)</text>\n");
        int step = last < 24 ? 1 : 4;
        for (int layer = 0; layer <= last; layer += step)
        {
            int middle = Margin + (layer * Cell) + (Cell / 2);
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{middle}\" y=\"{Margin - 6}\" text-anchor=\"middle\">{layer}</text><text x=\"{Margin - 6}\" y=\"{middle + 3}\" text-anchor=\"end\">{layer}</text>\n");
        }

        foreach (RangeScore row in table.Triangle.Ranges)
        {
            svg.Append(Square(table, row));
        }

        (double low, double high) = table.Limits;
        int key = Margin + size + 20;
        svg.Append(CultureInfo.InvariantCulture, $"<defs><linearGradient id=\"ramp\">{string.Concat(Ramp.Select((_, index) => string.Create(CultureInfo.InvariantCulture, $"<stop offset=\"{(double)index / (Ramp.Length - 1)}\" stop-color=\"{Color((double)index / (Ramp.Length - 1))}\"/>")))}</linearGradient></defs>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Margin}\" y=\"{key}\" width=\"160\" height=\"10\" fill=\"url(#ramp)\"/><text x=\"{Margin}\" y=\"{key + 22}\">{low:0.000}</text><text x=\"{Margin + 160}\" y=\"{key + 22}\" text-anchor=\"end\">{high:0.000}</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Margin + 172}\" y=\"{key + 9}\">diversity; hollow: not valid enough; framed: chosen</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Margin}\" y=\"{key + 40}\">{WebUtility.HtmlEncode($"prompts {table.Prompts.Name}; as it is {table.Triangle.Post.Mean.Diversity.ToString("0.000", CultureInfo.InvariantCulture)}")}</text>\n</svg>\n");
        return svg.ToString();
    }

    private static string Square(TriangleTable table, RangeScore row)
    {
        LayerRange range = row.Range!.Value;
        bool allowed = table.Choice.Allows(row), chosen = row == table.Choice.Chosen;
        string look = allowed ? $"fill=\"{Color(table.Place(row))}\"" : "fill=\"none\" stroke=\"#bbb\" stroke-width=\"0.5\"";
        look += chosen ? " stroke=\"#d00000\" stroke-width=\"3\"" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"<rect x=\"{Margin + (range.Last * Cell) + 1}\" y=\"{Margin + (range.First * Cell) + 1}\" width=\"{Cell - 2}\" height=\"{Cell - 2}\" {look}><title>layers {range}: diversity {row.Mean.Diversity:0.0000}, validity {row.Mean.Validity:0.0000}</title></rect>\n");
    }

    private static string Color(double place)
    {
        double along = Math.Clamp(place, 0, 1) * (Ramp.Length - 1);
        int from = Math.Min((int)along, Ramp.Length - 2);
        int Mixed(int low, int high) => (int)Math.Round(low + ((high - low) * (along - from)));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"#{Mixed(Ramp[from].Red, Ramp[from + 1].Red):x2}{Mixed(Ramp[from].Green, Ramp[from + 1].Green):x2}{Mixed(Ramp[from].Blue, Ramp[from + 1].Blue):x2}");
    }
}
