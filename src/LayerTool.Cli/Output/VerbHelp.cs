using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using LayerTool.Cli.Commands;

namespace LayerTool.Cli.Output;

/// <summary>The library's help, and the command's examples under it.</summary>
/// <param name="width">Columns that a line may have.</param>
internal sealed class VerbHelp(int width) : SynchronousCommandLineAction
{
    private readonly HelpAction _inner = new() { MaxWidth = width };

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        _inner.Invoke(parseResult);
        if (parseResult.CommandResult.Command is Verb verb)
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (Example example in verb.Examples)
            {
                output.WriteLine($"  # {example.Meaning}");
                output.WriteLine($"  {example.Line}");
            }

            output.WriteLine();
        }

        return ExitCodes.Success;
    }
}
