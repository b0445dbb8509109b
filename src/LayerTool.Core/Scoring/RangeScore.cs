using System.Collections.Immutable;
using LayerTool.Evaluation.Diversity;

namespace LayerTool.Scoring;

/// <summary>A range of layers taken from another model, and how the mixture answers prompts for random characters.</summary>
/// <param name="Range">The layers; null where none is taken.</param>
/// <param name="ByPrompt">The score of each prompt.</param>
public sealed record RangeScore(LayerRange? Range, ImmutableArray<CharacterScore> ByPrompt)
{
    /// <summary>The mean over the prompts.</summary>
    public CharacterScore Mean { get; } = CharacterScore.Mean(ByPrompt);

    /// <summary>How many layers are taken.</summary>
    public int Count => Range?.Count ?? 0;
}
