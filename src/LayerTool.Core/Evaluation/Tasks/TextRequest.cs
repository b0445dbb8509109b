namespace LayerTool.Evaluation.Tasks;

/// <summary>One thing that is asked of the model.</summary>
/// <param name="Context">The text that it reads; of a whole text that is measured, empty.</param>
/// <param name="Continuation">The text whose likelihood is asked for; null where the model writes.</param>
public readonly record struct TextRequest(string Context, string? Continuation);
