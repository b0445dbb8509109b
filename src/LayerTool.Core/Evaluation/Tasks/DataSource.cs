namespace LayerTool.Evaluation.Tasks;

/// <summary>Where a task's data set stands on the Hugging Face hub.</summary>
/// <param name="Repository">Its repository, such as <c>allenai/ai2_arc</c>.</param>
/// <param name="Configuration">Its configuration, or null.</param>
public sealed record DataSource(string Repository, string? Configuration = null);
