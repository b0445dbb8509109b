using System.CommandLine;
using LayerTool.Cli.Commands;
using LayerTool.Evaluation;

namespace LayerTool.Cli.Options;

/// <summary>Text that a model is measured on, and how it is cut.</summary>
/// <param name="required">Whether there must be a text.</param>
internal readonly struct TextOptions(bool required)
{
    private readonly PathsOption _texts = new("--text")
    {
        Description = "Text file: txt (one document), jsonl or parquet (one a row); may be given again",
        HelpName = "file",
        Required = required,
    };

    private readonly Option<string?> _column = new("--column")
    {
        Description = "Column of the text in jsonl and parquet; `text`, else `page`, else the only one of strings",
        HelpName = "name",
    };

    private readonly Option<bool> _packed = new("--packed")
    {
        Description = "As pruning papers do: documents joined by a blank line, tokenised once, cut into windows; otherwise by document, as lm-evaluation-harness does",
    };

    private readonly Option<int?> _length = new("--seq")
    {
        Description = "Tokens of a window; the model's context where absent (with --packed at most 2048)",
        HelpName = "N",
        CustomParser = Syntax.Count(),
    };

    private readonly Option<bool> _allowBeyondContext = new("--allow-beyond-context")
    {
        Description = "Let `--seq` be longer than the context that the model was made for",
    };

    private readonly Option<double?> _limit = new("--limit")
    {
        Description = required
            ? "Use only the first N documents (with --packed: windows)"
            : "Use only the first N documents (with --packed: windows); of tasks below 1 a part of them",
        HelpName = "N",
        CustomParser = required ? result => Syntax.Count()(result) : HarnessOptions.Limit,
    };

    private readonly ChoiceOption<BosRule> _bos = new("--bos", ("tokenizer", BosRule.Tokenizer), ("always", BosRule.Always), ("never", BosRule.Never))
    {
        Description = "Whether texts begin with BOS: `tokenizer` (as it does by itself; packed: no), `always` (packed: once, in front of the whole), `never`",
        HelpName = "rule",
    };

    private readonly ChoiceOption<RollingBos> _rollingBos = new("--rolling-bos", ("as-lmeval", RollingBos.AsLmEval), ("once", RollingBos.Once))
    {
        Description = "Before a document whose tokenizer adds BOS: `as-lmeval` (twice, as the harness does) or `once`",
        HelpName = "rule",
    };

    private readonly BatchSizeOption _batchSize = new();

    private readonly TokenizerOption _tokenizer = new();

    /// <summary>The files.</summary>
    public Option Files => _texts;

    public void AddTo(Verb verb)
    {
        foreach (Option option in (Option[])[_texts, _column, _packed, _length, _allowBeyondContext, _limit, _bos, _rollingBos, _batchSize.Symbol])
        {
            verb.Options.Add(option);
        }

        _tokenizer.AddTo(verb);
    }

    /// <summary>How many documents, or below 1 what part of them; null for all.</summary>
    public double? Limit(ParseResult parsed) => parsed.GetValue(_limit);

    public TextRequest Read(ParseResult parsed) => new(
        parsed.GetValue(_texts) ?? [],
        parsed.GetValue(_column),
        new PerplexityOptions
        {
            Packed = parsed.GetValue(_packed),
            WindowLength = parsed.GetValue(_length),
            AllowBeyondContext = parsed.GetValue(_allowBeyondContext),
            Limit = parsed.GetValue(_limit) is double limit and >= 1 ? (int)Math.Min(limit, int.MaxValue) : null,
            Bos = parsed.GetValue(_bos),
            RollingBos = parsed.GetValue(_rollingBos),
            BatchSize = _batchSize.Read(parsed),
        },
        _tokenizer.Read(parsed));
}
