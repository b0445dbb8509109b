using System.Collections.Immutable;

namespace LayerTool.Evaluation.Tasks;

/// <summary>What <c>exact_match</c> cleans from answer and target before it compares them, in this order.</summary>
/// <param name="Ignored">Regular expressions whose matches are deleted, one after another.</param>
/// <param name="IgnoreCase">Whether both are put in lower case.</param>
/// <param name="IgnorePunctuation">Whether ASCII punctuation is deleted.</param>
/// <param name="IgnoreNumbers">Whether ASCII digits are deleted.</param>
public sealed record ExactMatchRules(ImmutableArray<string> Ignored, bool IgnoreCase = false, bool IgnorePunctuation = false, bool IgnoreNumbers = false)
{
    /// <summary>Nothing is cleaned.</summary>
    public static ExactMatchRules None { get; } = new([]);
}
