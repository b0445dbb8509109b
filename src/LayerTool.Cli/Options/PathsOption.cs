using System.CommandLine;

namespace LayerTool.Cli.Options;

/// <summary>An option that takes a path and may be given again for more; none may be empty.</summary>
internal sealed class PathsOption : Option<string[]>
{
    public PathsOption(string name)
        : base(name)
    {
        Arity = ArgumentArity.OneOrMore;
        AllowMultipleArgumentsPerToken = false;
        CustomParser = Syntax.Paths;
    }
}
