using System.CommandLine;
using LayerTool.Cli.Commands;
using LayerTool.Cli.Measuring;

namespace LayerTool.Cli.Options;

/// <summary>What an edit is measured on, before and after.</summary>
internal readonly struct EvalOptions()
{
    private readonly PathsOption _names = new("--eval")
    {
        Description = "Measure before and after, side by side: tasks of lm-evaluation-harness by their names, perplexity on text files; a list with commas, or the option again",
        HelpName = "names",
    };

    private readonly PathOption _data = new("--data")
    {
        Description = "Folder of the tasks' data: DIR/arc_easy/test.jsonl; else the local Hugging Face cache",
        HelpName = "folder",
    };

    private readonly Option<int?> _shots = new("--num-fewshot")
    {
        Description = "Answered examples in front of each question; each task's own number where absent",
        HelpName = "N",
        CustomParser = Syntax.Count(0),
    };

    private readonly Option<int?> _limit = new("--limit")
    {
        Description = "Use only the first N documents",
        HelpName = "N",
        CustomParser = Syntax.Count(),
    };

    private readonly BatchSizeOption _batchSize = new();

    private readonly TokenizerOption _tokenizer = new();

    public void AddTo(Verb verb) => verb.AddGroup("Measuring", _names, _data, _shots, _limit, _batchSize.Symbol, _tokenizer.Symbol);

    public EvalRequest Read(ParseResult parsed)
    {
        IReadOnlyList<string> names = HarnessOptions.Names(parsed.GetValue(_names) ?? []);
        int? limit = parsed.GetValue(_limit);
        return new EvalRequest(
            [.. names.Where(EvalTexts.IsFile)],
            new HarnessRequest
            {
                Tasks = [.. names.Where(name => !EvalTexts.IsFile(name))],
                Data = parsed.GetValue(_data),
                Shots = parsed.GetValue(_shots),
                Limit = limit,
            },
            limit,
            _batchSize.Read(parsed),
            _tokenizer.Read(parsed));
    }
}
