namespace LayerTool.Evaluation.Tasks;

/// <summary>How turns become the text that a model reads.</summary>
/// <param name="ChatTemplate">The model's chat template, from turns to a text that ends where the answer begins; null for plain text.</param>
/// <param name="SystemInstruction">Text in front of the task's description, or null.</param>
/// <param name="ShotsAsTurns">With a chat template: whether each shot is a turn of its own, or all are one with the question.</param>
public sealed record PromptStyle(Func<IReadOnlyList<PromptTurn>, string>? ChatTemplate = null, string? SystemInstruction = null, bool ShotsAsTurns = true);
