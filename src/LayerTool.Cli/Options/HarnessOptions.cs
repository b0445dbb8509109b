using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using LayerTool.Cli.Commands;

namespace LayerTool.Cli.Options;

/// <summary>The tasks of lm-evaluation-harness, under its own names where it has one for an option.</summary>
internal readonly struct HarnessOptions()
{
    private readonly Option<string[]> _tasks = new("--tasks")
    {
        Description = "Tasks and groups, separated by commas; a `.yaml` file is a task of your own",
        HelpName = "names",
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<bool> _list = new("--list-tasks") { Description = "Show the tasks and groups that there are" };

    private readonly PathOption _data = new("--data")
    {
        Description = "Folder with a folder for each task, in it a file for each split: DIR/arc_easy/test.jsonl (or .json, .csv, .parquet); else the local Hugging Face cache",
        HelpName = "folder",
    };

    private readonly Option<int?> _shots = new("--num-fewshot")
    {
        Description = "Answered examples in front of each question; each task's own number where absent",
        HelpName = "N",
        CustomParser = Syntax.Count(0),
    };

    private readonly Option<int?> _offset = new("--offset")
    {
        Description = "The first document, from 0",
        HelpName = "N",
        CustomParser = Syntax.Count(0),
    };

    private readonly Option<string?> _split = new("--split") { Description = "The split that is evaluated, in place of the task's own", HelpName = "name" };

    private readonly Option<int?> _maxLength = new("--max-length")
    {
        Description = "Tokens that the model reads at most; its context where absent. What is longer is cut at the left",
        HelpName = "N",
        CustomParser = Syntax.Count(),
    };

    private readonly Option<bool> _chat = new("--apply-chat-template") { Description = "Ask through the model's chat template" };

    private readonly ChoiceOption<bool?> _shotsAsTurns = new("--fewshot-as-multiturn", ("true", true), ("false", false))
    {
        Description = "With a chat template: whether each example is a turn of its own; `true` where absent",
        HelpName = "true|false",
    };

    private readonly Option<string?> _system = new("--system-instruction") { Description = "Text in front of everything", HelpName = "text" };

    private readonly Option<int?> _bootstrap = new("--bootstrap-iters")
    {
        Description = "Replicates for standard errors that have no formula; 100000 where absent, 0 for no standard errors",
        HelpName = "N",
        CustomParser = Syntax.Count(0),
    };

    private readonly ChoiceOption<SoftmaxDtype> _softmaxDtype = new("--softmax-dtype", ("float32", SoftmaxDtype.Float32), ("model", SoftmaxDtype.Model))
    {
        Description = "Type that log-probabilities are taken in: `float32`, or `model`: that of the model, as the harness does by itself",
        HelpName = "type",
    };

    private readonly PathOption _samples = new("--log-samples")
    {
        Description = "Write each document with the model's answers to files in this folder, as the harness logs them",
        HelpName = "folder",
    };

    private readonly Option<bool> _resume = new("--resume") { Description = "Go on with a run that was stopped, from the folder of `--log-samples`" };

    private readonly PathOption _csv = new("--csv") { Description = "Write the results to this file as comma-separated values", HelpName = "file" };

    private readonly PathOption _replay = new("--replay")
    {
        Description = "Ask the requests of this file of samples, which lm-evaluation-harness logged, and show how far the answers are apart",
        HelpName = "file",
    };

    /// <summary>A file of samples.</summary>
    public Option Replay => _replay;

    /// <summary>Whether only the list of tasks is asked for.</summary>
    public Option<bool> List => _list;

    /// <summary>The tasks.</summary>
    public Option<string[]> Tasks => _tasks;

    public void AddTo(Verb verb)
    {
        verb.AddGroup(
            "Tasks", _tasks, _list, _data, _shots, _offset, _split, _maxLength, _chat, _shotsAsTurns, _system, _bootstrap, _softmaxDtype, _samples, _resume, _csv, _replay);
        Option<bool> resume = _resume;
        PathOption samples = _samples;
        verb.Validators.Add(result =>
        {
            if (result.GetResult(resume) is { Implicit: false } && result.GetResult(samples) is null)
            {
                result.AddError(UsageErrors.WithHint("`--resume` goes on from the folder of `--log-samples`, which is not given", "add `--log-samples DIR` with the folder of the run that was stopped"));
            }
        });
    }

    public HarnessRequest Read(ParseResult parsed) => new()
    {
        Tasks = Names(parsed.GetValue(_tasks) ?? []),
        Data = parsed.GetValue(_data),
        Shots = parsed.GetValue(_shots),
        Offset = parsed.GetValue(_offset) ?? 0,
        Split = parsed.GetValue(_split),
        MaxLength = parsed.GetValue(_maxLength),
        ChatTemplate = parsed.GetValue(_chat),
        ShotsAsTurns = parsed.GetValue(_shotsAsTurns) ?? true,
        SystemInstruction = parsed.GetValue(_system),
        BootstrapIterations = parsed.GetValue(_bootstrap) ?? 100_000,
        SoftmaxInModelDtype = parsed.GetValue(_softmaxDtype) == SoftmaxDtype.Model,
        Samples = parsed.GetValue(_samples),
        Resume = parsed.GetValue(_resume),
        Csv = parsed.GetValue(_csv),
        Replay = parsed.GetValue(_replay),
    };

    /// <summary>Names in lists that are separated by commas.</summary>
    public static IReadOnlyList<string> Names(IEnumerable<string> lists) =>
        [.. lists.SelectMany(list => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    /// <summary>A number of documents, or below 1 a part of them.</summary>
    public static double? Limit(ArgumentResult result)
    {
        string text = result.Tokens[^1].Value;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double limit) && limit > 0)
        {
            return limit;
        }

        result.AddError($"`--limit` is `{text}`, expected a number of documents, or below 1 a part of them");
        return null;
    }
}
