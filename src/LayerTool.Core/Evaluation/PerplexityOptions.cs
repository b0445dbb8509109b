namespace LayerTool.Evaluation;

/// <summary>How perplexity is taken.</summary>
public sealed record PerplexityOptions
{
    /// <summary>
    /// False: by document, as lm-evaluation-harness does. True: documents joined by a blank line, tokenised once, cut into
    /// disjoint windows, as pruning papers do.
    /// </summary>
    public bool Packed { get; init; }

    /// <summary>Tokens of a window; null for the model's context length (packed: at most 2048).</summary>
    public int? WindowLength { get; init; }

    /// <summary>Whether windows may be longer than the model's context.</summary>
    public bool AllowBeyondContext { get; init; }

    /// <summary>Documents (packed: windows) that are used, from the front; null for all.</summary>
    public int? Limit { get; init; }

    /// <summary>Whether texts get a BOS.</summary>
    public BosRule Bos { get; init; }

    /// <summary>What precedes a document whose tokenizer puts a BOS in front by itself.</summary>
    public RollingBos RollingBos { get; init; }

    /// <summary>Windows that run side by side; null for as many as make a full batch.</summary>
    public int? BatchSize { get; init; }
}
