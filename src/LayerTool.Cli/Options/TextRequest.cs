using LayerTool.Evaluation;
using LayerTool.Tokenization;

namespace LayerTool.Cli.Options;

/// <summary>Text that a model is measured on.</summary>
/// <param name="Files">The files.</param>
/// <param name="Column">Column of the text, or null for the rule's choice.</param>
/// <param name="Options">How it is cut.</param>
/// <param name="Tokenizer">Whose ids.</param>
internal sealed record TextRequest(IReadOnlyList<string> Files, string? Column, PerplexityOptions Options, TokenizerMode Tokenizer);
