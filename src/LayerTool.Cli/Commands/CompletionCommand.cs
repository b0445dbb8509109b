using System.CommandLine;
using LayerTool.Cli.Completion;
using LayerTool.Cli.Options;

namespace LayerTool.Cli.Commands;

/// <summary><c>layertool completion</c>: the script that lets a shell complete command lines.</summary>
internal sealed class CompletionCommand : Verb
{
    private readonly Argument<Shell> _shell = new("SHELL")
    {
        Description = "`bash`, `zsh` or `fish`",
        CustomParser = Syntax.OneOf(("bash", Shell.Bash), ("zsh", Shell.Zsh), ("fish", Shell.Fish)),
    };

    public CompletionCommand(Services services)
        : base("completion", "Print the script that lets a shell complete layertool's lines")
    {
        _shell.CompletionSources.Clear();
        _shell.CompletionSources.Add("bash", "zsh", "fish");
        Arguments.Add(_shell);
        SetAction((parsed, _) => RunAsync(services, parsed.RootCommandResult.Command, Read(parsed)));
    }

    private enum Shell
    {
        Bash,
        Zsh,
        Fish,
    }

    public override string Details =>
        "The script completes verbs, options, the values that an option has, and files elsewhere. For the running shell: `source " +
        "<(layertool completion bash)`, the same for zsh, and `layertool completion fish | source`. To keep it, write it where " +
        "the shell looks for completions.";

    public override IReadOnlyList<Example> Examples =>
    [
        new("layertool completion bash", "For bash; into ~/.local/share/bash-completion/completions/layertool to keep it"),
        new("layertool completion fish", "For fish; into ~/.config/fish/completions/layertool.fish to keep it"),
    ];

    private static Task<int> RunAsync(Services services, Command root, Shell shell)
    {
        (CompletedVerb program, IReadOnlyList<CompletedVerb> verbs) = CompletedVerb.Of(root);
        services.Reporter.Piece(shell switch
        {
            Shell.Zsh => ZshScript.Write(verbs),
            Shell.Fish => FishScript.Write(program, verbs),
            _ => BashScript.Write(program, verbs),
        });
        return Task.FromResult(ExitCodes.Success);
    }

    private Shell Read(ParseResult parsed) => parsed.GetRequiredValue(_shell);
}
