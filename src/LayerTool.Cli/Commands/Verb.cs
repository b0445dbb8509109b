using System.CommandLine;

namespace LayerTool.Cli.Commands;

/// <summary>
/// A command of layertool. A subclass holds its symbols as fields; its <c>Read</c> makes a request record of a parsed line, its
/// <c>RunAsync</c> does the work through Core and hands the result to the reporter.
/// </summary>
internal abstract class Verb(string name, string description) : Command(name, description)
{
    private readonly List<OptionGroup> _groups = [];

    /// <summary>What it does, in a few sentences; in the help.</summary>
    public abstract string Details { get; }

    /// <summary>Shown under the help: two lines that a user could type.</summary>
    public abstract IReadOnlyList<Example> Examples { get; }

    /// <summary>Options with a heading of their own, such as those that many commands share.</summary>
    public IReadOnlyList<OptionGroup> Groups => _groups;

    /// <summary>Adds options that stand together in the help.</summary>
    public void AddGroup(string title, params IReadOnlyList<Option> options)
    {
        foreach (Option option in options)
        {
            Options.Add(option);
        }

        _groups.Add(new OptionGroup(title, options));
    }
}
