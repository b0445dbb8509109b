
namespace LayerTool.Data;

/// <summary>
/// The tool's own calibration text, for when the user gives none: short pieces of plain English, stories, instructions, letters and
/// explanations. Enough to see which layers matter least; text like that which the model is used on says it better.
/// </summary>
public static class BuiltInText
{
    /// <summary>Its name in reports.</summary>
    public const string Name = "the built-in text";

    /// <summary>Sequences that are taken of it where nobody asks for a number.</summary>
    public const int DefaultSamples = 16;

    /// <summary>Tokens of a sequence where nobody asks for a number.</summary>
    public const int DefaultSequenceLength = 512;

    private const string Separator = "\n---\n";

    /// <summary>The pieces.</summary>
    public static IReadOnlyList<string> Documents()
    {
        using Stream stream = typeof(BuiltInText).Assembly.GetManifestResourceStream("LayerTool.Data.CalibrationText.txt")
            ?? throw new InvalidOperationException("The calibration text is not part of the assembly.");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd().TrimEnd().Split(Separator);
    }
}
