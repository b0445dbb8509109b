using System.CommandLine;

namespace LayerTool.Cli.Commands;

/// <summary>Options that stand together in the help.</summary>
/// <param name="Title">Their heading.</param>
/// <param name="Options">The options, in the order of the help.</param>
internal sealed record OptionGroup(string Title, IReadOnlyList<Option> Options);
