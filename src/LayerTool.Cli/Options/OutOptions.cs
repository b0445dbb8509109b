using System.CommandLine;
using System.CommandLine.Parsing;
using LayerTool.Cli.Commands;
using LayerTool.Safetensors;
using LayerTool.Saving;

namespace LayerTool.Cli.Options;

/// <summary>What becomes of an edited plan: written as a checkpoint, as a plan file, or shown.</summary>
/// <param name="computesWeights">Whether the command makes new weights, which no plan file and no other format holds.</param>
internal readonly struct OutOptions(bool computesWeights)
{
    private readonly PathOption _out = new("--out", "-o")
    {
        Description = "Write the edited checkpoint to this new folder",
        HelpName = "folder",
    };

    private readonly PathOption _planOut = new("--plan-out")
    {
        Description = "Write the plan to this file",
        HelpName = "file",
    };

    private readonly ChoiceOption<SaveFormat?> _format = new(
        "--format", ("layers", SaveFormat.Layers), ("zero", SaveFormat.Zero), ("compact", SaveFormat.Compact), ("deci", SaveFormat.Deci))
    {
        Description = "`layers` (whole layers only, any loader), `zero` (dropped halves are zeroed, any loader, no gain in speed), `compact` (their tensors are left out; LayerTool runs it) or `deci` (DeciLM's `block_configs`, for Llama's layers); by itself `layers`, else `zero`",
        HelpName = "format",
    };

    private readonly ChoiceOption<TensorDtype?> _saveDtype = new(
        "--save-dtype", ("float32", TensorDtype.F32), ("bfloat16", TensorDtype.BF16), ("float16", TensorDtype.F16))
    {
        Description = "Cast the weights to `float32`, `bfloat16` or `float16`, rounded to nearest even; their own type where absent",
        HelpName = "type",
    };

    private readonly Option<bool> _mergeAdapters = new("--merge-adapters")
    {
        Description = "Write adapters into the weights; without it they go along as a PEFT folder, `adapter`, for the edited layers",
    };

    private readonly Option<string?> _tokenizerFrom = new("--tokenizer-from")
    {
        Description = "Source whose tokenizer, chat template and generation config travel, by its name in the plan; `main` where absent",
        HelpName = "name",
    };

    private readonly Option<long?> _shardSize = new("--shard-size")
    {
        Description = "Largest weight file, such as `500MB`; 5GB where absent",
        HelpName = "size",
        CustomParser = Syntax.ByteSize,
    };

    private readonly HashOption _hash = new("Hash of the sources in the plan");

    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Only show the plan and what it saves; the same without --out, --plan-out and --eval",
    };

    private readonly Option<bool> _force = new("--force")
    {
        Description = "Replace an existing output, once the new one is complete",
    };

    public void AddTo(Verb verb)
    {
        if (computesWeights)
        {
            _dryRun.Description = "Only show what would be done; the same without --out and --eval";
            verb.AddGroup("Writing", _out, _saveDtype, _tokenizerFrom, _shardSize, _hash, _dryRun, _force);
            return;
        }

        verb.AddGroup("Writing", _out, _planOut, _format, _saveDtype, _mergeAdapters, _tokenizerFrom, _shardSize, _hash, _dryRun, _force);
        (PathOption folder, PathOption file) = (_out, _planOut);
        verb.Validators.Add(result =>
        {
            if (PlaceOf(result, folder) is string place && place == PlaceOf(result, file))
            {
                result.AddError(UsageErrors.WithHint("`--out` and `--plan-out` name the same place", "a checkpoint is a folder and a plan a file: give each a name of its own"));
            }
        });
    }

    public OutOptions()
        : this(computesWeights: false)
    {
    }

    public OutRequest Read(ParseResult parsed) => new(
        parsed.GetValue(_out),
        parsed.GetValue(_planOut),
        new SaveChoices { Format = parsed.GetValue(_format), Dtype = parsed.GetValue(_saveDtype), MergeAdapters = parsed.GetValue(_mergeAdapters), TokenizerFrom = parsed.GetValue(_tokenizerFrom) },
        parsed.GetValue(_shardSize),
        parsed.GetValue(_hash) ?? HashKind.Quick,
        parsed.GetValue(_dryRun),
        parsed.GetValue(_force));

    // Of the words alone: the values may not have parsed.
    private static string? PlaceOf(CommandResult result, PathOption option) =>
        result.GetResult(option)?.Tokens is [.., { Value: string text }] && !string.IsNullOrWhiteSpace(text) && !text.Contains('\0', StringComparison.Ordinal)
            ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(text))
            : null;
}
