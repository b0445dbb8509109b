using System.Collections.Immutable;
using LayerTool.Cli.Output;

namespace LayerTool.Cli;

/// <summary>What every command is given beside its request.</summary>
/// <param name="Reporter">Where results and talk go.</param>
/// <param name="Arguments">The line as it was typed, the verb first: plans and model cards say how they came about.</param>
internal sealed record Services(Reporter Reporter, ImmutableArray<string> Arguments);
