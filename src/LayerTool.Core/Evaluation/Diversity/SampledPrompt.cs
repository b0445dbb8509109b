using System.Collections.Immutable;

namespace LayerTool.Evaluation.Diversity;

/// <summary>A prompt that is answered several times.</summary>
/// <param name="Prompt">What the user says.</param>
/// <param name="Answers">Every right answer; none where nothing is right or wrong.</param>
public sealed record SampledPrompt(string Prompt, ImmutableArray<string> Answers);
