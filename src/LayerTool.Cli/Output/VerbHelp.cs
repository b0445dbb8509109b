using System.CommandLine;
using System.CommandLine.Invocation;
using LayerTool.Cli.Commands;

namespace LayerTool.Cli.Output;

/// <summary>
/// Help of the program and of its commands: what the command itself takes first, then what it shares with others, under
/// headings, then examples.
/// </summary>
/// <param name="width">Columns that a line may have.</param>
internal sealed class VerbHelp(int width) : SynchronousCommandLineAction
{
    private static readonly (string Code, string Meaning)[] Codes =
    [
        ("0", "Done"),
        ("1", "The request failed: what was expected and what was found is said"),
        ("2", "Wrong usage, seen from the line alone"),
        ("3", "A bug in layertool"),
        ("130, 143", "Stopped by Ctrl+C, by SIGTERM"),
    ];

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        HelpWriter writer = new(parseResult.InvocationConfiguration.Output, width);
        Command command = parseResult.CommandResult.Command;
        if (command is Verb verb)
        {
            WriteVerb(verb, parseResult.RootCommandResult.Command, writer);
        }
        else
        {
            WriteRoot(command, writer);
        }

        return ExitCodes.Success;
    }

    private static void WriteRoot(Command root, HelpWriter writer)
    {
        writer.Line(root.Description!);
        writer.Heading("Usage");
        writer.Line("  layertool COMMAND [options]");
        writer.Rows("Commands", root.Subcommands.Select(verb => (verb.Name, verb.Description!)));
        writer.Rows("Options", root.Options.Select(Row));
        writer.Heading("More");
        writer.Line("  layertool COMMAND --help");
    }

    private static void WriteVerb(Verb verb, Command root, HelpWriter writer)
    {
        writer.Line(verb.Description!);
        writer.Heading("Usage");
        string arguments = string.Concat(verb.Arguments.Select(argument => argument.Arity.MinimumNumberOfValues == 0 ? $" [{argument.Name}]" : $" {argument.Name}"));
        string required = string.Concat(verb.Options.Where(option => option.Required).Select(option => $" {option.Name} {ValueOf(option)}"));
        writer.Line($"  layertool {verb.Name}{arguments}{required} [options]");
        writer.Heading("Description");
        writer.Paragraph(verb.Details);
        writer.Rows("Arguments", verb.Arguments.Select(argument => (argument.Name, argument.Description!)));
        HashSet<Option> grouped = [.. verb.Groups.SelectMany(group => group.Options)];
        writer.Rows("Options", verb.Options.Where(option => !grouped.Contains(option)).Select(Row));
        foreach (OptionGroup group in verb.Groups)
        {
            writer.Rows(group.Title, group.Options.Select(Row));
        }

        writer.Rows("Everywhere", root.Options.Where(option => option.Recursive).Select(Row));
        writer.Rows("Exit codes", Codes);
        writer.Heading("Examples");
        foreach (Example example in verb.Examples)
        {
            writer.Line($"  # {example.Meaning}");
            writer.Line($"  {example.Line}");
        }
    }

    private static (string Name, string Description) Row(Option option)
    {
        string[] shorts = [.. option.Aliases.Where(alias => alias.Length == 2)];
        string names = shorts.Length > 0 ? $"{shorts[0]}, {option.Name}" : $"    {option.Name}";
        string value = ValueOf(option);
        string fallback = option.HasDefaultValue && option.ValueType != typeof(bool) ? $" [{option.GetDefaultValue()}]" : "";
        return (value.Length > 0 ? $"{names} {value}" : names, option.Description + fallback);
    }

    private static string ValueOf(Option option) =>
        option.HelpName is not string name ? ""
        : option.Arity.MinimumNumberOfValues == 0 ? $"[{name}]"
        : $"<{name}>";
}
