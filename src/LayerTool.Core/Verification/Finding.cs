namespace LayerTool.Verification;

/// <summary>One line of a verification: a tensor, a list of tokens or a refusal, held against its reference.</summary>
/// <param name="Name">Name in the reference.</param>
/// <param name="Holds">Whether it is within the tolerance.</param>
/// <param name="Largest">Largest difference, in the tolerance's units; null for what is not a tensor. NaN where one side is not finite.</param>
/// <param name="Rms">Root mean square of the differences, in the tolerance's units; null for what is not a tensor.</param>
/// <param name="Tolerance">The bound; null for what must be equal.</param>
/// <param name="Note">Where it differs, or what was found.</param>
public sealed record Finding(string Name, bool Holds, double? Largest, double? Rms, Tolerance? Tolerance, string? Note);
