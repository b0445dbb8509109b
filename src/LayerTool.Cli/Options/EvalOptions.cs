using System.CommandLine;
using LayerTool.Cli.Commands;

namespace LayerTool.Cli.Options;

/// <summary>What an edit is measured on, before and after.</summary>
internal readonly struct EvalOptions()
{
    private readonly PathsOption _texts = new("--eval")
    {
        Description = "Measure perplexity on these text files before and after, side by side; a list with commas, or the option again",
        HelpName = "files",
    };

    private readonly Option<int?> _limit = new("--limit")
    {
        Description = "Use only the first N documents",
        HelpName = "N",
        CustomParser = Syntax.Count(),
    };

    private readonly Option<int?> _batchSize = new("--batch-size")
    {
        Description = "Sequences that run side by side",
        HelpName = "N",
        CustomParser = Syntax.Count(),
    };

    private readonly TokenizerOption _tokenizer = new();

    public void AddTo(Verb verb) => verb.AddGroup("Measuring", _texts, _limit, _batchSize, _tokenizer.Symbol);

    public EvalRequest Read(ParseResult parsed) => new(
        [.. (parsed.GetValue(_texts) ?? []).SelectMany(text => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
        parsed.GetValue(_limit),
        parsed.GetValue(_batchSize),
        _tokenizer.Read(parsed));
}
