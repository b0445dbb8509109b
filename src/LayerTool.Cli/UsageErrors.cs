using System.CommandLine;
using System.CommandLine.Parsing;
using LayerTool.Cli.Output;

namespace LayerTool.Cli;

/// <summary>What a line that does not parse is answered with, on stderr.</summary>
internal static class UsageErrors
{
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
                reporter.Error(InOurWords(message));
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
