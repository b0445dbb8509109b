namespace LayerTool.Evaluation.Speed;

/// <summary>What is timed.</summary>
/// <param name="Batch">Texts side by side.</param>
/// <param name="Prompt">Tokens that each begins with, read at once.</param>
/// <param name="Generate">Tokens that are added, one at a time, with cached keys and values.</param>
public sealed record SpeedCase(int Batch, int Prompt, int Generate);
