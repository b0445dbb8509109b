namespace LayerTool.Evaluation.Tasks;

/// <summary>What a run asks of its tasks.</summary>
public sealed record TaskOptions
{
    /// <summary>Shots; null for each task's own number.</summary>
    public int? Shots { get; init; }

    /// <summary>Documents that are used, or below 1 a part of them; null for all.</summary>
    public double? Limit { get; init; }

    /// <summary>The first document.</summary>
    public int Offset { get; init; }

    /// <summary>The split that is evaluated in place of the task's own; null for that.</summary>
    public string? Split { get; init; }

    /// <summary>Seed of the draws of shots.</summary>
    public long Seed { get; init; } = 1234;

    /// <summary>How turns become text.</summary>
    public PromptStyle Style { get; init; } = new();
}
