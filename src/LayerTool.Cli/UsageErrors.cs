using System.CommandLine;
using System.CommandLine.Parsing;
using LayerTool.Cli.Output;
using LayerTool.Faults;

namespace LayerTool.Cli;

/// <summary>What a line that does not parse is answered with, on stderr.</summary>
internal static class UsageErrors
{
    // An error of the library is one string: what to do about it travels behind a mark that no text has.
    private const char HintMark = '\u001f';

    /// <summary>Text of an error that says what to do about it.</summary>
    public static string WithHint(string message, string hint) => message + HintMark + hint;

    /// <summary>Says what is wrong with the line, and what to do.</summary>
    public static void Print(ParseResult parsed, Reporter reporter)
    {
        Command command = parsed.CommandResult.Command;
        string? hint = null;
        if (parsed.UnmatchedTokens.Count > 0)
        {
            // One word that fits nowhere often makes several complaints: the first says it.
            string word = parsed.UnmatchedTokens[0];
            bool isOption = word.StartsWith('-');
            string? nearest = Spelling.Nearest(word, isOption ? OptionNames(parsed.CommandResult) : CommandNames(command));
            string kind = isOption ? "unknown option" : command.Subcommands.Count > 0 ? "unknown command" : "unexpected argument";
            reporter.Error($"{kind} `{word}`");
            hint = nearest is null ? null : $"did you mean `{nearest}`?";
        }
        else
        {
            foreach (string message in parsed.Errors.Select(error => error.Message).Distinct())
            {
                string[] parts = message.Split(HintMark);
                reporter.Error(InOurWords(parts[0]));
                hint = parts.Length > 1 ? parts[1] : hint;
            }
        }

        reporter.Hint(hint ?? $"`{PathOf(parsed.CommandResult)} --help` shows what there is");
    }

    // The library quotes with ' and ends with a full stop; only its own sentences start with a capital letter.
    private static string InOurWords(string message)
    {
        if (message.Length == 0 || !char.IsUpper(message[0]))
        {
            return message;
        }

        string line = message.ReplaceLineEndings(" ").Replace('\'', '`').TrimEnd('.');
        return char.ToLowerInvariant(line[0]) + line[1..];
    }

    private static IEnumerable<string> CommandNames(Command command) => command.Subcommands.Select(sub => sub.Name);

    private static IEnumerable<string> OptionNames(CommandResult result)
    {
        for (SymbolResult? level = result; level is CommandResult { Command: Command command }; level = level.Parent)
        {
            foreach (Option option in command.Options.Where(option => level == result || option.Recursive))
            {
                yield return option.Name;
            }
        }
    }

    private static string PathOf(CommandResult result) =>
        result.Parent is CommandResult ? $"layertool {result.Command.Name}" : "layertool";
}
