using System.CommandLine;
using System.CommandLine.Invocation;

namespace LayerTool.Cli.Output;

/// <summary>Prints the version of layertool (the library would print that of the process).</summary>
internal sealed class PrintVersion : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine($"layertool {ProductVersion.Text}");
        return ExitCodes.Success;
    }
}
