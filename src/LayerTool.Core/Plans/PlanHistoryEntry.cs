using System.Collections.Immutable;

namespace LayerTool.Plans;

/// <summary>One command of those that led to a plan.</summary>
/// <param name="Command">The verb: <c>drop</c>.</param>
/// <param name="Arguments">Its arguments as they were given, without the shell's quotes.</param>
public sealed record PlanHistoryEntry(string Command, ImmutableArray<string> Arguments);
