using System.Globalization;

namespace LayerTool.Scoring;

/// <summary>
/// The range that is restored: the most diverse of those that keep a part of the model's validity. Nothing is restored where none
/// keeps it, or none is more diverse than the model as it is.
/// </summary>
/// <param name="Chosen">The range with its score, or the model as it is.</param>
/// <param name="LeastValidity">The validity that a range has to keep.</param>
/// <param name="Reason">Why, as a sentence.</param>
public sealed record RestoreChoice(RangeScore Chosen, double LeastValidity, string Reason)
{
    /// <summary>The part of the validity that is kept where nobody says another, as the paper has it.</summary>
    public const double DefaultMinValidity = 0.9;

    private const double Tie = 1e-6;

    /// <summary>Whether a range keeps enough of the validity.</summary>
    public bool Allows(RangeScore score) => score.Mean.Validity >= LeastValidity;

    /// <summary>Chooses. Of ranges as diverse the shortest is taken, then the most valid, then the first.</summary>
    /// <param name="triangle">The ranges.</param>
    /// <param name="minValidity">The part of the model's validity that has to be kept.</param>
    public static RestoreChoice Of(RestoreTriangle triangle, double minValidity)
    {
        double least = minValidity * triangle.Post.Mean.Validity;
        RangeScore[] allowed = [.. triangle.Ranges.Where(range => range.Mean.Validity >= least)];
        RangeScore[] candidates = [triangle.Post, .. allowed];
        double best = candidates.Max(candidate => candidate.Mean.Diversity);
        RangeScore chosen = candidates
            .Where(candidate => candidate.Mean.Diversity >= best - Tie)
            .OrderBy(candidate => candidate.Count)
            .ThenByDescending(candidate => candidate.Mean.Validity)
            .ThenBy(candidate => candidate.Range?.First)
            .First();
        return new RestoreChoice(chosen, least, Because(triangle, chosen, allowed.Length, minValidity, least));
    }

    private static string Because(RestoreTriangle triangle, RangeScore chosen, int allowed, double minValidity, double least)
    {
        string kept = string.Create(CultureInfo.InvariantCulture, $"a validity of {least:0.0000} ({minValidity:0.##} of the model's own {triangle.Post.Mean.Validity:0.0000})");
        return chosen.Range is LayerRange range
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"layers {range} are restored: of the {allowed} of {triangle.Ranges.Length} ranges that keep {kept} they are the most diverse, {chosen.Mean.Diversity:0.0000} after {triangle.Post.Mean.Diversity:0.0000}")
            : allowed == 0
                ? $"nothing is restored: none of the {triangle.Ranges.Length} ranges keeps {kept}"
                : $"nothing is restored: of the {allowed} of {triangle.Ranges.Length} ranges that keep {kept} none is more diverse than the model as it is";
    }
}
