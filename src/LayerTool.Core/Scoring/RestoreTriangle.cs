using System.Collections.Immutable;
using LayerTool.Evaluation.Diversity;
using LayerTool.Faults;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Progress;

namespace LayerTool.Scoring;

/// <summary>
/// Every contiguous range of layers taken from another model, scored: the table of Selective Layer Restoration (arXiv 2602.06665).
/// A range shares the layers in front of it with the model as it is, and its own with the longer ranges that begin where it does,
/// so that about L³/6 layers are played in place of L³/2, and the answers are those of each mixture alone.
/// </summary>
/// <param name="Post">The model as it is.</param>
/// <param name="Ranges">The ranges, by first and then by last layer.</param>
/// <param name="Base">The other model, through the same prompts; null where it does not know their tokens.</param>
/// <param name="SlotsPlayed">Slots that are played for all of them together.</param>
/// <param name="SlotsAlone">Slots that they would play one after another.</param>
public sealed record RestoreTriangle(RangeScore Post, ImmutableArray<RangeScore> Ranges, RangeScore? Base, long SlotsPlayed, long SlotsAlone)
{
    /// <summary>Scores the ranges.</summary>
    /// <param name="decoder">Both models.</param>
    /// <param name="plan">The plan before: what is restored are layers of <see cref="LayerPlan.Main"/> that it plays.</param>
    /// <param name="source">Name of the model that layers are taken from.</param>
    /// <param name="questions">The prompts.</param>
    /// <param name="maxWidth">Most layers of a range; null for any number.</param>
    /// <param name="baseVocabulary">Ids that the other model knows.</param>
    /// <param name="progress">Told in front of each slot; or null.</param>
    /// <param name="cancellation">Checked in front of each slot.</param>
    /// <exception cref="LayerToolException">The plan plays no layer of the main model, or logits are not finite.</exception>
    public static RestoreTriangle Measure(
        Decoder decoder,
        LayerPlan plan,
        string source,
        ImmutableArray<CharacterQuestion> questions,
        int? maxWidth,
        int baseVocabulary,
        IProgress<Step>? progress = null,
        CancellationToken cancellation = default)
    {
        ImmutableArray<LayerRange> ranges = RangesOf(plan, maxWidth);
        bool knowsAll = questions.All(question => question.Ids.Concat(question.Answers.SelectMany(tokens => tokens)).All(id => id < baseVocabulary));
        LayerPlan[] plans =
        [
            plan,
            .. ranges.Select(range => plan.Restore([.. range.Layers], source)),
            .. knowsAll ? [Whole(plan, source)] : Array.Empty<LayerPlan>(),
        ];
        CharacterMeter meter = new(decoder, plans);
        ImmutableArray<ImmutableArray<CharacterScore>> scores = meter.Measure(questions, $"scoring {Counted.Of(ranges.Length, "range")}", progress, cancellation);
        return new RestoreTriangle(
            new RangeScore(null, scores[0]),
            [.. ranges.Select((range, index) => new RangeScore(range, scores[index + 1]))],
            knowsAll ? new RangeScore(null, scores[^1]) : null,
            meter.Plans.SlotCount,
            meter.Plans.SlotCountAlone);
    }

    // Both ends are the other model's too.
    private static LayerPlan Whole(LayerPlan plan, string source) =>
        plan.Restore([.. PlayedLayers(plan)], source) with { EmbeddingSource = source, HeadSource = source };

    private static SortedSet<int> PlayedLayers(LayerPlan plan) => [.. plan.Slots.Where(slot => slot.Source == LayerPlan.Main).Select(slot => slot.Layer)];

    // Where the plan leaves layers out, a range ends in front of the gap: a restored layer is one that is played.
    private static ImmutableArray<LayerRange> RangesOf(LayerPlan plan, int? maxWidth)
    {
        SortedSet<int> played = PlayedLayers(plan);
        if (played.Count == 0)
        {
            throw new LayerToolException($"the plan plays no layer of `{LayerPlan.Main}`, so that none can be restored", "give a plan that does");
        }

        ImmutableArray<LayerRange>.Builder ranges = ImmutableArray.CreateBuilder<LayerRange>();
        foreach (int first in played)
        {
            for (int last = first; played.Contains(last) && last - first < (maxWidth ?? int.MaxValue); last++)
            {
                ranges.Add(new LayerRange(first, last));
            }
        }

        return ranges.DrainToImmutable();
    }
}
