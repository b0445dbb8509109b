using LayerTool.Generation;

namespace LayerTool.Cli.Options;

/// <summary>What of diversity is measured.</summary>
/// <param name="Prompts">Files of prompts, and <c>crc</c>; none where nothing is measured.</param>
/// <param name="Template">File of a chat template, <c>none</c>, or null for the model's own.</param>
/// <param name="Samples">Answers drawn to each prompt.</param>
/// <param name="Count">Most tokens of an answer.</param>
/// <param name="Sampling">How they are drawn.</param>
internal sealed record DiversityRequest(IReadOnlyList<string> Prompts, string? Template, int Samples, int Count, SamplingSettings Sampling);
