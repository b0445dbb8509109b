using System.Collections.Immutable;

namespace LayerTool.Generation;

/// <summary>What a prompt was continued with.</summary>
/// <param name="Text">The new text, up to the stop string that ended it.</param>
/// <param name="Tokens">The new tokens, those of the stop string included.</param>
/// <param name="End">Why it ended.</param>
public sealed record GeneratedText(string Text, ImmutableArray<int> Tokens, GenerationEnd End);
