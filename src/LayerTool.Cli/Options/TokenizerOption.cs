using System.CommandLine;
using LayerTool.Tokenization;

namespace LayerTool.Cli.Options;

/// <summary>Which ids text becomes; on every command that reads text.</summary>
internal readonly struct TokenizerOption()
{
    private readonly ChoiceOption<TokenizerMode> _mode = new("--tokenizer", ("auto", TokenizerMode.Auto), ("raw", TokenizerMode.Raw))
    {
        Description = "`auto` (the ids that AutoTokenizer gives) or `raw` (tokenizer.json to the letter)",
        HelpName = "mode",
    };

    /// <summary>The option itself, for a command that shows it among others.</summary>
    public Option Symbol => _mode;

    public void AddTo(Command command) => command.Options.Add(_mode);

    public TokenizerMode Read(ParseResult parsed) => parsed.GetValue(_mode);
}
