using System.CommandLine;
using LayerTool.Cli.Output;

namespace LayerTool.Cli.Options;

/// <summary>How much is said, and in which form; on every command.</summary>
internal readonly struct OutputOptions()
{
    private readonly Option<bool> _json = new("--json") { Description = "Print the result as one JSON document", Recursive = true };
    private readonly Option<bool> _quiet = new("--quiet") { Description = "Print the result and faults only", Recursive = true };
    private readonly Option<bool> _verbose = new("--verbose") { Description = "Print details, and stack traces with faults", Recursive = true };

    private readonly Option<bool> _strict = new("--strict") { Description = "Fail where there would be a warning", Recursive = true };

    public void AddTo(Command command)
    {
        command.Options.Add(_json);
        command.Options.Add(_quiet);
        command.Options.Add(_verbose);
        command.Options.Add(_strict);
    }

    // By presence: this is asked for before it is known whether the line parses.
    public OutputSettings Read(ParseResult parsed) => new(IsGiven(parsed, _json), IsGiven(parsed, _quiet), IsGiven(parsed, _verbose), IsGiven(parsed, _strict));

    private static bool IsGiven(ParseResult parsed, Option<bool> option) => parsed.GetResult(option) is { Implicit: false };
}
