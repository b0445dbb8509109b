namespace LayerTool.Cli.Options;

/// <summary>Text that layers are scored on. A number that is given must be had; one that is not is a limit.</summary>
/// <param name="File">The file, or null for the tool's own text.</param>
/// <param name="Column">Column of the text, or null for the usual ones.</param>
/// <param name="Samples">Sequences asked for, or null.</param>
/// <param name="SequenceLength">Tokens of a sequence asked for, or null.</param>
/// <param name="AllowBeyondContext">Whether a sequence may be longer than the model's context.</param>
internal sealed record CalibrationRequest(string? File, string? Column, int? Samples, int? SequenceLength, bool AllowBeyondContext);
