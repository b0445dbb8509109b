namespace LayerTool.Generation;

/// <summary>How prompts are continued.</summary>
/// <param name="Count">Most new tokens of each.</param>
public sealed record GenerationSettings(int Count)
{
    /// <summary>How a token is chosen.</summary>
    public SamplingSettings Sampling { get; init; } = new();

    /// <summary>Tokens that end a text; the token itself is not part of it.</summary>
    public IReadOnlySet<int> StopTokens { get; init; } = new HashSet<int>();

    /// <summary>Whether keys and values are kept, or the whole prefix is run anew for each token.</summary>
    public bool Cached { get; init; } = true;
}
