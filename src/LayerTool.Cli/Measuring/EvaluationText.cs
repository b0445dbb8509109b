using LayerTool.Evaluation;

namespace LayerTool.Cli.Measuring;

/// <summary>A text file, ready to be measured on.</summary>
/// <param name="Name">Its name in reports: the file's own, or its path where two have the same.</param>
/// <param name="File">Its path as given.</param>
/// <param name="Hash">SHA-256 of its bytes.</param>
/// <param name="Text">Its windows.</param>
internal sealed record EvaluationText(string Name, string File, string Hash, PerplexityText Text);
