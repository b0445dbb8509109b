using System.Collections.Immutable;

namespace LayerTool.Evaluation.Tasks;

/// <summary>Several tasks with one result: the mean of theirs, each weighted by its documents.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Members">Names of its tasks and groups.</param>
/// <param name="Version">Version of the definition.</param>
/// <param name="Alias">Its name in tables, or null.</param>
public sealed record TaskGroup(string Name, ImmutableArray<string> Members, double Version, string? Alias = null);
