using System.Globalization;
using LayerTool.Cli.Measuring;
using LayerTool.Cli.Options;
using LayerTool.Cli.Output;
using LayerTool.Scoring;

namespace LayerTool.Cli.Restoring;

/// <summary>The scored ranges: what was asked, models to compare with, the heat map, and which range is taken and why.</summary>
internal sealed class TriangleSection(TriangleTable table, int layerCount, AutoRestoreRequest request, RunSettings settings) : ISection
{
    public object Json => new
    {
        Settings = settings,
        Prompts = table.Prompts.Name,
        PromptsHash = table.Prompts.Hash,
        PromptCount = table.Prompts.Prompts.Length,
        Template = request.Template,
        request.MinValidity,
        request.MaxWidth,
        table.Choice.LeastValidity,
        Chosen = table.Choice.Chosen.Range?.ToString(),
        table.Choice.Reason,
        Post = Score(table.Triangle.Post),
        Base = table.Triangle.Base is RangeScore whole ? Score(whole) : null,
        Soup = table.Soup.Select(mixture => new { mixture.Part, mixture.Score.Mean.Validity, mixture.Score.Mean.Entropy, mixture.Score.Mean.Diversity, Allowed = table.Choice.Allows(mixture.Score) }).ToArray(),
        Ranges = table.Triangle.Ranges.Select(row => new
        {
            row.Range!.Value.First,
            row.Range.Value.Last,
            row.Mean.Validity,
            row.Mean.Entropy,
            row.Mean.Diversity,
            Allowed = table.Choice.Allows(row),
        }).ToArray(),
        table.Triangle.SlotsPlayed,
        table.Triangle.SlotsAlone,
    };

    public void WriteText(ReportWriter writer)
    {
        RestoreTriangle triangle = table.Triangle;
        string classes = string.Join(", ", table.Classes.Select(name => $"{table.Prompts.Prompts.Count(prompt => prompt.Class == name)} of {name}"));
        writer.Pairs(
        [
            ("prompts", $"{table.Prompts.Prompts.Length} of {table.Prompts.Name}: {classes}"),
            ("ranges", string.Create(
                CultureInfo.InvariantCulture,
                $"{Quantity.Whole(triangle.Ranges.Length)}, in {Quantity.Whole(triangle.SlotsPlayed)} slots; each alone {Quantity.Whole(triangle.SlotsAlone)}, {(double)triangle.SlotsAlone / triangle.SlotsPlayed:0.00} times as many")),
            ("computed in", settings.Dtype),
        ]);
        writer.Line();
        writer.Table(
            ["model", "restored", Column.Number("validity"), Column.Number("diversity"), Column.Number("entropy"), .. table.Classes.Length > 1 ? table.Classes.Select(name => Column.Number(name)) : []],
            Models().Select(Cells));
        writer.Line();
        foreach (string line in HeatMap.Lines(table))
        {
            writer.Line(line);
        }

        writer.Line();
        writer.Line(table.Choice.Reason);
        writer.Line();
    }

    private IEnumerable<(string Name, string Restored, RangeScore Score)> Models()
    {
        RestoreTriangle triangle = table.Triangle;
        yield return ("as it is", "none", triangle.Post);
        if (triangle.Base is RangeScore whole)
        {
            yield return ("the other one", "all, and both ends", whole);
        }

        if (table.BestSoup is SoupScore soup)
        {
            yield return ("weights mixed", string.Create(CultureInfo.InvariantCulture, $"{soup.Part * 100:0} % of all"), soup.Score);
        }

        int third = Math.Max(1, layerCount / 3);
        foreach ((string name, LayerRange range) in ((string, LayerRange)[])[("the first third", new(0, third - 1)), ("the last third", new(layerCount - third, layerCount - 1))])
        {
            if (triangle.Ranges.FirstOrDefault(row => row.Range == range) is RangeScore fixedRange)
            {
                yield return (name, range.ToString(), fixedRange);
            }
        }

        yield return ("chosen", table.Choice.Chosen.Range?.ToString() ?? "none", table.Choice.Chosen);
    }

    private IReadOnlyList<string> Cells((string Name, string Restored, RangeScore Score) row) =>
    [
        row.Name,
        row.Restored,
        Number(row.Score.Mean.Validity),
        Number(row.Score.Mean.Diversity),
        Number(row.Score.Mean.Entropy),
        .. table.Classes.Length > 1 ? table.Classes.Select(name => Number(table.Mean(row.Score, name).Diversity)) : [],
    ];

    private object Score(RangeScore row) => new
    {
        row.Mean.Validity,
        row.Mean.Entropy,
        row.Mean.Diversity,
        Classes = table.Classes.ToDictionary(name => name, name => table.Mean(row, name), StringComparer.Ordinal),
    };

    private static string Number(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}
