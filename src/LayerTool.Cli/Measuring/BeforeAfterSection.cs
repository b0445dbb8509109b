using System.Collections.Immutable;
using System.Globalization;
using LayerTool.Cli.Output;
using LayerTool.Evaluation;
using LayerTool.Faults;

namespace LayerTool.Cli.Measuring;

/// <summary>Perplexity of two plans on the same texts, side by side.</summary>
internal sealed class BeforeAfterSection(ImmutableArray<(PerplexityResult Before, PerplexityResult After)> results, RunSettings settings) : ISection
{
    public object Json => new
    {
        Settings = settings,
        Texts = results.Select(pair => new
        {
            pair.Before.Text.Name,
            pair.Before.Text.Documents,
            pair.Before.TokensPredicted,
            Before = View(pair.Before),
            After = View(pair.After),
        }),
    };

    public void WriteText(ReportWriter writer)
    {
        writer.Line();
        writer.Table(
            ["perplexity of a", Column.Number("before"), Column.Number("after"), Column.Number("change")],
            results.SelectMany(Rows));
        writer.Line();
        foreach ((PerplexityResult before, _) in results)
        {
            writer.Line(string.Create(
                CultureInfo.InvariantCulture,
                $"{before.Text.Name}: {Counted.Of(before.TokensPredicted, "token")} of {Counted.Of(before.Text.Documents, "document")}"));
        }

        writer.Line($"computed in {settings.Dtype} on {settings.Device}");
    }

    private static IEnumerable<IReadOnlyList<string>> Rows((PerplexityResult Before, PerplexityResult After) pair)
    {
        string text = pair.Before.Text.Name;
        yield return Row($"token of {text}", pair.Before.TokenPerplexity, pair.After.TokenPerplexity);
        if (pair is { Before: { WordPerplexity: double words, BytePerplexity: double bytes }, After: { WordPerplexity: double wordsAfter, BytePerplexity: double bytesAfter } })
        {
            yield return Row($"word of {text}", words, wordsAfter);
            yield return Row($"byte of {text}", bytes, bytesAfter);
        }
    }

    private static string[] Row(string name, double before, double after) =>
        [name, Quantity.Perplexity(before), Quantity.Perplexity(after), Quantity.Change((after - before) / before)];

    private static object View(PerplexityResult result) => new
    {
        NllSum = result.LossSum,
        result.TokenPerplexity,
        result.WordPerplexity,
        result.BytePerplexity,
        result.BitsPerByte,
    };
}
