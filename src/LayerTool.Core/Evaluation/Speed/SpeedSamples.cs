using System.Collections.Immutable;

namespace LayerTool.Evaluation.Speed;

/// <summary>Times of the repetitions of one case.</summary>
/// <param name="Case">What was timed.</param>
/// <param name="Rounds">The repetitions, in order.</param>
public sealed record SpeedSamples(SpeedCase Case, ImmutableArray<SpeedRound> Rounds)
{
    /// <summary>Tokens a second while the prompts are read.</summary>
    public Spread Prefill => Spread.Of(Rounds.Select(round => (double)Case.Batch * Case.Prompt / round.PrefillSeconds));

    /// <summary>Tokens a second while tokens are added; null where none are.</summary>
    public Spread? Decode => Case.Generate == 0 ? null : Spread.Of(Rounds.Select(round => (double)Case.Batch * Case.Generate / round.DecodeSeconds));

    /// <summary>Bytes of keys and values at the end.</summary>
    public long CacheBytes => Rounds[0].CacheBytes;
}
