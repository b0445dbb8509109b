using System.CommandLine;
using LayerTool.Cli.Commands;

namespace LayerTool.Cli.Options;

/// <summary>Text that layers are scored on.</summary>
internal readonly struct CalibrationOptions()
{
    private readonly PathOption _file = new("--calib")
    {
        Description = "Calibration text: txt (one document), jsonl or parquet (one a row), or token ids in JSON",
        HelpName = "file",
    };

    private readonly Option<string?> _column = new("--column")
    {
        Description = "Column of the text in jsonl and parquet; `text`, else `page`, else the only one of strings",
        HelpName = "name",
    };

    private readonly Option<int?> _samples = new("--samples")
    {
        Description = "Sequences to use; up to 256 where absent",
        HelpName = "N",
        CustomParser = Syntax.Count(),
    };

    private readonly Option<int?> _sequenceLength = new("--seq")
    {
        Description = "Tokens of a sequence; up to 2048 where absent, as far as the model's context goes",
        HelpName = "N",
        CustomParser = Syntax.Count(2),
    };

    private readonly Option<bool> _allowBeyondContext = new("--allow-beyond-context")
    {
        Description = "Let `--seq` be longer than the context that the model was made for",
    };

    public void AddTo(Verb verb) => verb.AddGroup("Calibration", _file, _column, _samples, _sequenceLength, _allowBeyondContext);

    public CalibrationRequest Read(ParseResult parsed) =>
        new(
            parsed.GetValue(_file),
            parsed.GetValue(_column),
            parsed.GetValue(_samples),
            parsed.GetValue(_sequenceLength),
            parsed.GetValue(_allowBeyondContext));
}
