using System.CommandLine;

namespace LayerTool.Cli.Options;

/// <summary>The model that a command works on.</summary>
internal static class ModelArgument
{
    public static Argument<string> Create() => new("MODEL")
    {
        Description = "A checkpoint folder, a plan file, or a repository id of the local Hugging Face cache",
        CustomParser = result => Syntax.Path(result),
    };
}
