using System.Collections.Immutable;

namespace LayerTool.Evaluation.Diversity;

/// <summary>A prompt that asks for one of several short answers at random, and for nothing else.</summary>
/// <param name="Prompt">What the user says.</param>
/// <param name="Valid">The answers that are allowed, each a single token of the model; at least two, all different.</param>
/// <param name="Class">Prompts of one class are reported together.</param>
public sealed record CharacterPrompt(string Prompt, ImmutableArray<string> Valid, string Class);
