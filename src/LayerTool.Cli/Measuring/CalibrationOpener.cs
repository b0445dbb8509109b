using LayerTool.Cli.Editing;
using LayerTool.Cli.Options;
using LayerTool.Cli.Output;
using LayerTool.Data;

namespace LayerTool.Cli.Measuring;

/// <summary>Reads the calibration text that a command line asks for, or takes the tool's own.</summary>
internal static class CalibrationOpener
{
    /// <summary>Reads it, and says what is used.</summary>
    /// <exception cref="Faults.LayerToolException">It is missing, at fault, or gives less than was asked for.</exception>
    public static CalibrationSet Open(Reporter reporter, OpenModel model, CalibrationRequest request, TokenizerOpener tokenizer)
    {
        CalibrationLimits limits = new(request.Samples, request.SequenceLength, request.AllowBeyondContext);
        CalibrationSet set;
        if (request.File is string file)
        {
            set = CalibrationReader.Read(file, request.Column, limits, model.Sources.Main.Config, tokenizer.Open);
        }
        else
        {
            reporter.Warn("no `--calib`: the tool's own text is used; text like that which the model is used on says more");
            set = CalibrationReader.BuiltIn(limits, model.Sources.Main.Config, tokenizer.Open);
        }

        reporter.Note($"calibration: {set}");
        return set;
    }
}
