namespace LayerTool.Evaluation.Tasks;

/// <summary>One turn of a prompt.</summary>
/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">Its text.</param>
public sealed record PromptTurn(string Role, string Content)
{
    /// <summary>What stands behind it where the turns are one plain text.</summary>
    public string Delimiter { get; init; } = "";
}
