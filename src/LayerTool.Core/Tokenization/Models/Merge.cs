namespace LayerTool.Tokenization.Models;

/// <summary>What two neighbouring tokens become.</summary>
/// <param name="Left">Id of the one.</param>
/// <param name="Right">Id of the other.</param>
/// <param name="Rank">The merge's place in the file; the lowest is done first.</param>
/// <param name="Result">The id that they become.</param>
internal readonly record struct Merge(int Left, int Right, int Rank, int Result);
