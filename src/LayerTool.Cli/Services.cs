using LayerTool.Cli.Output;

namespace LayerTool.Cli;

/// <summary>What every command is given beside its request.</summary>
/// <param name="Reporter">Where results and talk go.</param>
/// <param name="CommandLine">The command as it was typed, for provenance.</param>
internal sealed record Services(Reporter Reporter, string CommandLine);
