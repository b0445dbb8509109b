using LayerTool.Saving;

namespace LayerTool.Cli.Options;

/// <summary>What becomes of an edited plan.</summary>
/// <param name="Folder">Where the checkpoint is written, or null.</param>
/// <param name="PlanFile">Where the plan is written, or null.</param>
/// <param name="Choices">How the checkpoint is written.</param>
/// <param name="ShardSizeBytes">Largest weight file, or null for the saver's own.</param>
/// <param name="Hash">How the sources are hashed for the plan.</param>
/// <param name="DryRun">Only show what would be done.</param>
/// <param name="Force">Replace what is there.</param>
internal sealed record OutRequest(string? Folder, string? PlanFile, SaveChoices Choices, long? ShardSizeBytes, HashKind Hash, bool DryRun, bool Force);
