using System.Collections.Immutable;

namespace LayerTool.Mergekit;

/// <summary>A run of layers that a merge file takes from one checkpoint.</summary>
/// <param name="Model">The checkpoint as the file names it.</param>
/// <param name="First">The first layer; null for the whole checkpoint.</param>
/// <param name="End">The layer behind the last one; null for the whole checkpoint.</param>
/// <param name="Scale">The values of <c>scale</c> that hold here, innermost first: the first whose filter fits is taken.</param>
/// <param name="Line">The line of the file, for messages.</param>
internal sealed record MergeSlice(string Model, int? First, int? End, ImmutableArray<MergeSetting> Scale, int Line);
