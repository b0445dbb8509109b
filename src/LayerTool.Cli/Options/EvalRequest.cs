using LayerTool.Tokenization;

namespace LayerTool.Cli.Options;

/// <summary>What an edit is measured on.</summary>
/// <param name="Texts">Names of text files; none for no measurement.</param>
/// <param name="Tasks">Tasks; none for no measurement.</param>
/// <param name="Limit">Documents of each that are used, or null for all.</param>
/// <param name="BatchSize">Sequences side by side, or null for the evaluation's own.</param>
/// <param name="Tokenizer">Whose ids: AutoTokenizer's or those of tokenizer.json.</param>
internal sealed record EvalRequest(IReadOnlyList<string> Texts, HarnessRequest Tasks, int? Limit, int? BatchSize, TokenizerMode Tokenizer)
{
    /// <summary>Whether anything is measured.</summary>
    public bool Measures => Texts.Count > 0 || Tasks.Tasks.Count > 0;
}
