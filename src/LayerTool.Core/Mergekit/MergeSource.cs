using LayerTool.Checkpoints;

namespace LayerTool.Mergekit;

/// <summary>A checkpoint of a merge.</summary>
/// <param name="Name">Its name in the plan; <see cref="Plans.LayerPlan.Main"/> for the one that config and other files come from.</param>
/// <param name="Model">Folder or repository id as the file names it.</param>
/// <param name="Checkpoint">The checkpoint, opened.</param>
public sealed record MergeSource(string Name, string Model, Checkpoint Checkpoint);
