using System.CommandLine;

namespace LayerTool.Cli.Options;

/// <summary>An option that takes one path, which may not be empty.</summary>
internal sealed class PathOption : Option<string?>
{
    public PathOption(string name, params string[] aliases)
        : base(name, aliases)
    {
        CustomParser = Syntax.Path;
    }
}
