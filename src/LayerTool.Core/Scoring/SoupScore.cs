using System.Collections.Immutable;
using LayerTool.Evaluation.Diversity;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Progress;

namespace LayerTool.Scoring;

/// <summary>
/// The weights of all layers mixed with those of another model, none of them whole (a model soup, Wortsman et al. 2022): what
/// restoring a range is compared with.
/// </summary>
/// <param name="Part">The part of the other model's weights: 0 to 1.</param>
/// <param name="Score">How the mixture answers; a range of it is not named.</param>
public sealed record SoupScore(double Part, RangeScore Score)
{
    private const int Steps = 20;

    /// <summary>Scores the parts 0, 0.05, … 1.</summary>
    /// <param name="decoder">Both models.</param>
    /// <param name="plan">The plan before.</param>
    /// <param name="name">A name for the mixture that no source has; the decoder keeps the last one under it.</param>
    /// <param name="other">Name of the other model.</param>
    /// <param name="questions">The prompts.</param>
    /// <param name="progress">Told after each mixture; or null.</param>
    /// <param name="cancellation">Checked in front of each slot.</param>
    public static ImmutableArray<SoupScore> Measure(
        Decoder decoder,
        LayerPlan plan,
        string name,
        string other,
        ImmutableArray<CharacterQuestion> questions,
        IProgress<Step>? progress = null,
        CancellationToken cancellation = default)
    {
        int[] layers = [.. plan.Slots.Where(slot => slot.Source == LayerPlan.Main).Select(slot => slot.Layer).Distinct()];
        ImmutableArray<SoupScore>.Builder scores = ImmutableArray.CreateBuilder<SoupScore>(Steps + 1);
        for (int step = 0; step <= Steps; step++)
        {
            double part = (double)step / Steps;
            decoder.Mix(name, other, part);
            scores.Add(new SoupScore(part, new RangeScore(null, new CharacterMeter(decoder, [plan.Restore(layers, name)]).Measure(questions, cancellation: cancellation)[0])));
            progress?.Report(new Step("mixing weights", step + 1, Steps + 1, "mixtures"));
        }

        return scores.DrainToImmutable();
    }
}
