using System.CommandLine;
using System.CommandLine.Completions;

namespace LayerTool.Cli.Completion;

/// <summary>What a shell needs to know of a command.</summary>
/// <param name="Name">Its name; empty for the program itself.</param>
/// <param name="Description">A few words.</param>
/// <param name="Options">Its options, those of every command included.</param>
/// <param name="Words">The words that its arguments have; where there are none, any word, such as a file.</param>
internal sealed record CompletedVerb(string Name, string Description, IReadOnlyList<CompletedOption> Options, IReadOnlyList<string> Words)
{
    /// <summary>The program, with the names of its commands for words, and its commands.</summary>
    public static (CompletedVerb Program, IReadOnlyList<CompletedVerb> Verbs) Of(Command root)
    {
        CompletedOption[] everywhere = [.. root.Options.Where(option => option.Recursive).Select(CompletedOption.Of)];
        CompletedVerb[] verbs =
        [
            .. root.Subcommands.Select(verb => new CompletedVerb(
                verb.Name,
                CompletedOption.InShort(verb.Description ?? ""),
                [.. verb.Options.Select(CompletedOption.Of), .. everywhere],
                [.. verb.Arguments.SelectMany(argument => argument.GetCompletions(CompletionContext.Empty)).Select(item => item.Label)])),
        ];
        return (new CompletedVerb("", "", [.. root.Options.Select(CompletedOption.Of)], [.. verbs.Select(verb => verb.Name)]), verbs);
    }
}
