using System.CommandLine;
using LayerTool.Cli.Commands;
using LayerTool.Cli.Editing;

namespace LayerTool.Cli.Options;

/// <summary>The model and the options of every command that edits layers.</summary>
internal readonly struct EditOptions()
{
    private readonly Argument<string> _model = ModelArgument.Create();
    private readonly OutOptions _out = new();
    private readonly EvalOptions _eval = new();
    private readonly CalibrationOptions _calibration = new();
    private readonly ComputeOptions _compute = new();

    /// <summary>Adds the model and the options; the command's own options come before this in its help.</summary>
    public void AddTo(Verb verb)
    {
        verb.Arguments.Add(_model);
        _out.AddTo(verb);
        _eval.AddTo(verb);
        _calibration.AddTo(verb);
        _compute.AddTo(verb);
    }

    public EditRequest Read(ParseResult parsed) =>
        new(parsed.GetRequiredValue(_model), _out.Read(parsed), _eval.Read(parsed), _calibration.Read(parsed), _compute.Read(parsed));
}
