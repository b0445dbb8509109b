using System.CommandLine;

namespace LayerTool.Cli.Commands;

/// <summary>
/// A command of layertool. A subclass holds its symbols as fields; its <c>Read</c> makes a request record of a parsed line, its
/// <c>RunAsync</c> does the work through Core and hands the result to the reporter.
/// </summary>
internal abstract class Verb(string name, string description) : Command(name, description)
{
    /// <summary>Shown under the help: two lines that a user could type.</summary>
    public abstract IReadOnlyList<Example> Examples { get; }
}
