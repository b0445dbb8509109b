namespace LayerTool.Architectures;

/// <summary>How far back the queries of a layer see.</summary>
/// <param name="Tokens">Number of tokens, the own one included; null for all.</param>
/// <param name="InChunks">Whether the text is cut into chunks of so many tokens, and a query sees those of its own chunk alone.</param>
public readonly record struct KeyReach(int? Tokens, bool InChunks)
{
    /// <summary>Everything before.</summary>
    public static KeyReach All => default;

    /// <summary>Whether some of that many tokens may lie too far back.</summary>
    public bool EndsWithin(int tokens) => Tokens < tokens;
}
