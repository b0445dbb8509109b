using System.CommandLine;
using System.CommandLine.Parsing;

namespace LayerTool.Cli.Options;

/// <summary>An option that takes a text and may be given again for more; none may be empty.</summary>
internal sealed class TextsOption : Option<string[]>
{
    public TextsOption(string name, params string[] aliases)
        : base(name, aliases)
    {
        Arity = ArgumentArity.OneOrMore;
        AllowMultipleArgumentsPerToken = false;
        CustomParser = Texts;
    }

    private string[] Texts(ArgumentResult result)
    {
        string[] texts = [.. result.Tokens.Select(token => token.Value)];
        if (texts.Any(string.IsNullOrEmpty))
        {
            result.AddError($"`{Name}` is empty, expected a text");
        }

        return texts;
    }
}
