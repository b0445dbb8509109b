namespace LayerTool.Tokenization.Models;

/// <summary>What two neighbouring tokens become.</summary>
/// <param name="Rank">The merge's place in the file; the lowest is done first.</param>
/// <param name="Result">The id that they become.</param>
internal readonly record struct Merge(int Rank, int Result);
