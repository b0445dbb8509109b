using System.CommandLine;
using System.CommandLine.Help;
using LayerTool.Cli.Commands;
using LayerTool.Cli.Options;
using LayerTool.Cli.Output;

namespace LayerTool.Cli;

/// <summary>The tree of commands, and how a line is parsed.</summary>
internal sealed class CommandLine
{
    private static readonly ParserConfiguration Parsing = new()
    {
        ResponseFileTokenReplacer = null, // `@name` is a file or a revision, never a file of arguments
        EnablePosixBundling = false,
    };

    private readonly OutputOptions _output = new();
    private readonly DropCommand _drop;

    public CommandLine(Services services, int helpWidth)
    {
        Root = new RootCommand("Surgery on the layers of transformer checkpoints: drop, restore, repeat, reorder; measure; save") { HelpName = "layertool" };
        Root.Options.Clear();
        Root.Options.Add(new HelpOption("--help", "-h") { Description = "Show this help", Action = new VerbHelp(helpWidth) });
        Root.Options.Add(new VersionOption("--version") { Description = "Show the version", Action = new PrintVersion() });
        _output.AddTo(Root);
        foreach (Verb verb in Verbs(services))
        {
            Root.Subcommands.Add(verb);
        }

        _drop = Root.Subcommands.OfType<DropCommand>().Single();
    }

    /// <summary>The root, for whoever lists the commands.</summary>
    public RootCommand Root { get; }

    public ParseResult Parse(IReadOnlyList<string> args) => Root.Parse(
        args.FirstOrDefault(word => !word.StartsWith('-')) == _drop.Name ? DropCountOption.Join(args, _drop.Counts) : args, Parsing);

    public OutputSettings ReadOutputSettings(ParseResult parsed) => _output.Read(parsed);

    // In the order of the help.
    private static IEnumerable<Verb> Verbs(Services services) =>
    [
        new InspectCommand(services),
        new DiffCommand(services),
        new SkipCommand(services),
        new DropCommand(services),
        new RepeatCommand(services),
        new RestoreCommand(services),
        new EditCommand(services),
        new TieCommand(services),
        new ScoreCommand(services),
        new EvalCommand(services),
        new BenchCommand(services),
        new CompareCommand(services),
        new VerifyCommand(services),
        new GenerateCommand(services),
        new ChatCommand(services),
        new TokenizeCommand(services),
        new InfoCommand(services),
        new CompletionCommand(services),
    ];
}
