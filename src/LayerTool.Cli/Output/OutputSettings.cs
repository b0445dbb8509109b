namespace LayerTool.Cli.Output;

/// <summary>How much is said, and in which form.</summary>
/// <param name="Json">The result is one JSON document.</param>
/// <param name="Quiet">No talk; faults are still said.</param>
/// <param name="Verbose">Details and stack traces.</param>
/// <param name="Strict">A warning is a fault.</param>
internal sealed record OutputSettings(bool Json = false, bool Quiet = false, bool Verbose = false, bool Strict = false);
