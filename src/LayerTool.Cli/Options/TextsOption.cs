using System.CommandLine;
using System.CommandLine.Parsing;

namespace LayerTool.Cli.Options;

/// <summary>An option that takes a text and may be given again for more.</summary>
internal sealed class TextsOption : Option<string[]>
{
    public TextsOption(string name, params string[] aliases)
        : base(name, aliases)
    {
        Arity = ArgumentArity.OneOrMore;
        AllowMultipleArgumentsPerToken = false;
        CustomParser = Texts;
    }

    /// <summary>Whether a text may be empty.</summary>
    public bool MayBeEmpty { get; init; }

    private string[] Texts(ArgumentResult result)
    {
        string[] texts = [.. result.Tokens.Select(token => token.Value)];
        if (!MayBeEmpty && texts.Any(string.IsNullOrEmpty))
        {
            result.AddError($"`{Name}` is empty, expected a text");
        }

        return texts;
    }
}
