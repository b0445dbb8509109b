namespace LayerTool.Data;

/// <summary>
/// How much calibration text to use. A number that is not given is a limit of <see cref="DefaultSamples"/> or
/// <see cref="DefaultSequenceLength"/>, and less will do; one that is given must be had.
/// </summary>
/// <param name="Samples">Number of sequences asked for, or null.</param>
/// <param name="SequenceLength">Tokens of a sequence asked for, or null.</param>
/// <param name="AllowBeyondContext">Whether sequences may be longer than the model's context.</param>
public sealed record CalibrationLimits(int? Samples = null, int? SequenceLength = null, bool AllowBeyondContext = false)
{
    /// <summary>Sequences where no number is given.</summary>
    public const int DefaultSamples = 256;

    /// <summary>Tokens of a sequence where no number is given and the model's context allows it.</summary>
    public const int DefaultSequenceLength = 2048;
}
