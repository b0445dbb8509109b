using System.Collections.Immutable;
using LayerTool.Evaluation.Diversity;
using LayerTool.Scoring;

namespace LayerTool.Cli.Restoring;

/// <summary>The scored ranges as they are shown: what was asked, the ranges, and which of them is taken.</summary>
/// <param name="Prompts">What was asked.</param>
/// <param name="Triangle">The ranges.</param>
/// <param name="Choice">Which is taken.</param>
internal sealed record TriangleTable(CharacterPrompts Prompts, RestoreTriangle Triangle, RestoreChoice Choice)
{
    /// <summary>Classes of prompts, in the order of the prompts.</summary>
    public ImmutableArray<string> Classes { get; } = [.. Prompts.Prompts.Select(prompt => prompt.Class).Distinct(StringComparer.Ordinal)];

    /// <summary>Mixtures of weights, to compare with; none where they were not asked for.</summary>
    public ImmutableArray<SoupScore> Soup { get; init; } = [];

    /// <summary>The mixture that the rule for ranges would take; null where none were scored.</summary>
    public SoupScore? BestSoup => Soup.Where(mixture => Choice.Allows(mixture.Score)).MaxBy(mixture => mixture.Score.Mean.Diversity);

    /// <summary>The lowest and the highest diversity of what may be taken.</summary>
    public (double Low, double High) Limits { get; } = LimitsOf(Triangle, Choice);

    /// <summary>The model as it is, then the ranges.</summary>
    public IEnumerable<RangeScore> Rows => [Triangle.Post, .. Triangle.Ranges];

    /// <summary>The mean over the prompts of a class.</summary>
    public CharacterScore Mean(RangeScore row, string @class) =>
        CharacterScore.Mean([.. row.ByPrompt.Where((_, index) => Prompts.Prompts[index].Class == @class)]);

    /// <summary>Where a diversity lies between the lowest and the highest of the ranges: 0 to 1; 0 where all are the same.</summary>
    public double Place(RangeScore row)
    {
        (double low, double high) = Limits;
        return high - low > 1e-9 ? (row.Mean.Diversity - low) / (high - low) : 0;
    }

    private static (double Low, double High) LimitsOf(RestoreTriangle triangle, RestoreChoice choice)
    {
        double[] allowed = [.. triangle.Ranges.Append(triangle.Post).Where(choice.Allows).Select(row => row.Mean.Diversity)];
        return (allowed.Min(), allowed.Max());
    }
}
