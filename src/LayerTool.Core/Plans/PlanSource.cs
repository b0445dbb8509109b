namespace LayerTool.Plans;

/// <summary>A checkpoint that a plan file takes layers from.</summary>
/// <param name="Name">Its name in the plan.</param>
/// <param name="Path">Folder or repository id as it was given; a relative path counts from the plan file's folder.</param>
/// <param name="Architecture">The checkpoint's <c>model_type</c>, or null where it is not known.</param>
/// <param name="Hash">Hash of the checkpoint, to notice a mix-up, or null where it was not taken.</param>
/// <param name="AllowConfigMismatch">Whether it was accepted that the config differs from the main one's where the shapes fit.</param>
public sealed record PlanSource(string Name, string Path, string? Architecture = null, string? Hash = null, bool AllowConfigMismatch = false);
