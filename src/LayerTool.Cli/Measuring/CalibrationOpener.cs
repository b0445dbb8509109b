using LayerTool.Cli.Editing;
using LayerTool.Cli.Options;
using LayerTool.Cli.Output;
using LayerTool.Data;
using LayerTool.Faults;

namespace LayerTool.Cli.Measuring;

/// <summary>Reads the calibration text that a command line asks for, or takes the tool's own.</summary>
internal static class CalibrationOpener
{
    private const int FewTokens = 128;

    /// <summary>Reads it, and says what is used.</summary>
    /// <exception cref="LayerToolException">It is missing, at fault, or gives less than was asked for.</exception>
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
        if (set.TokenCount < FewTokens)
        {
            reporter.Warn($"a calibration text of {Counted.Of(set.TokenCount, "token")} says little of the layers: give a longer one with `--calib FILE`");
        }

        return set;
    }
}
