using LayerTool.Tokenization;

namespace LayerTool.Cli.Options;

/// <summary>What an edit is measured on.</summary>
/// <param name="Texts">Names of text files; none for no measurement.</param>
/// <param name="Limit">Documents of each that are used, or null for all.</param>
/// <param name="BatchSize">Sequences side by side, or null for the evaluation's own.</param>
/// <param name="Tokenizer">Whose ids: AutoTokenizer's or those of tokenizer.json.</param>
internal sealed record EvalRequest(IReadOnlyList<string> Texts, int? Limit, int? BatchSize, TokenizerMode Tokenizer);
