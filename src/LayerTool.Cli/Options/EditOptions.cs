using System.CommandLine;
using LayerTool.Cli.Commands;
using LayerTool.Cli.Editing;

namespace LayerTool.Cli.Options;

/// <summary>The model and the options of every command that edits layers.</summary>
/// <param name="modelMayBeAbsent">Whether the command finds its model elsewhere where none is named.</param>
internal readonly struct EditOptions(bool modelMayBeAbsent)
{
    private readonly Argument<string> _model = ModelArgument.Create(modelMayBeAbsent);
    private readonly AdaptersOption _adapters = new();
    private readonly OutOptions _out = new();
    private readonly EvalOptions _eval = new();
    private readonly CalibrationOptions _calibration = new();
    private readonly ComputeOptions _compute = new();

    /// <summary>Adds the model and the options; the command's own options come before this in its help.</summary>
    public void AddTo(Verb verb)
    {
        verb.Arguments.Add(_model);
        verb.Options.Add(_adapters);
        _out.AddTo(verb);
        _eval.AddTo(verb);
        _calibration.AddTo(verb);
        _compute.AddTo(verb);
    }

    public EditOptions()
        : this(modelMayBeAbsent: false)
    {
    }

    /// <summary>The model's place on the line, for a command that checks whether it is there.</summary>
    public Argument Model => _model;

    public EditRequest Read(ParseResult parsed) =>
        new(parsed.GetValue(_model), parsed.GetValue(_adapters) ?? [], _out.Read(parsed), _eval.Read(parsed), _calibration.Read(parsed), _compute.Read(parsed));
}
