using System.CommandLine;

namespace LayerTool.Cli.Options;

/// <summary>The model that a command works on.</summary>
internal static class ModelArgument
{
    /// <param name="mayBeAbsent">Whether a line without it is a line all the same.</param>
    public static Argument<string> Create(bool mayBeAbsent = false) => new("MODEL")
    {
        Arity = mayBeAbsent ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne,
        Description = "A checkpoint folder, a plan file, or a repository id of the local Hugging Face cache",
        CustomParser = result => Syntax.Path(result),
    };

    /// <summary>The model of a command that has something to do without one too.</summary>
    public static Argument<string?> CreateOptional() => new("MODEL")
    {
        Description = "A checkpoint folder, a plan file, or a repository id of the local Hugging Face cache",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = result => Syntax.Path(result),
    };
}
