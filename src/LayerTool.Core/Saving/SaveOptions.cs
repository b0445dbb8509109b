using LayerTool.Plans;

namespace LayerTool.Saving;

/// <summary>Where and how a plan is written as a checkpoint.</summary>
/// <param name="Folder">The folder to make.</param>
public sealed record SaveOptions(string Folder) : SaveChoices
{
    /// <summary>Size of a weight file where nothing else is asked for: 5 GB.</summary>
    public const long DefaultShardBytes = 5_000_000_000;

    /// <summary>Largest weight file in bytes; a tensor above it gets a file of its own.</summary>
    public long ShardBytes { get; init; } = DefaultShardBytes;

    /// <summary>Whether a checkpoint that stands there is replaced, once the new one is complete.</summary>
    public bool Force { get; init; }

    /// <summary>Sources, steps and scores that led to the plan, for <c>layertool.json</c>; null for what the sources tell by themselves.</summary>
    public PlanFile? Record { get; init; }

    /// <summary>The command that asks for it, word by word, for the model card; empty where there is none.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];
}
