using System.Collections.Immutable;

namespace LayerTool.Evaluation.Tasks;

/// <summary>How a task lets a model write.</summary>
/// <param name="Until">Texts that end the answer; they are cut off.</param>
/// <param name="MaxNewTokens">Most new tokens.</param>
public sealed record GenerationRules(ImmutableArray<string> Until, int MaxNewTokens = 256)
{
    /// <summary>Zero for the likeliest token each time.</summary>
    public double Temperature { get; init; }

    /// <summary>Whether tokens are drawn.</summary>
    public bool Sample { get; init; }
}
