using LayerTool.Architectures;
using LayerTool.Faults;
using LayerTool.Tokenization;

namespace LayerTool.Data;

/// <summary>Calibration sets out of files, and out of the tool's own text.</summary>
public static class CalibrationReader
{
    /// <summary>Reads a file: text is tokenised and packed, rows of token ids are taken as they are.</summary>
    /// <param name="file">The file.</param>
    /// <param name="column">Column of the text, or null.</param>
    /// <param name="limits">How much is used.</param>
    /// <param name="config">The model.</param>
    /// <param name="tokenizer">Opens the model's tokenizer; not called for rows of ids.</param>
    /// <exception cref="LayerToolException">The file or the tokenizer is at fault, or gives less than was asked for.</exception>
    public static CalibrationSet Read(string file, string? column, CalibrationLimits limits, ModelConfig config, Func<Tokenizer> tokenizer)
    {
        DocumentFile documents = DocumentFile.Open(file, column);
        return documents.TokenRows is { } rows
            ? CalibrationSet.FromRows(documents.Name, rows, limits, config)
            : Pack(documents.Name, documents.Documents(), limits, config, tokenizer());
    }

    /// <summary>The tool's own text.</summary>
    /// <inheritdoc cref="Read" path="/param" />
    /// <exception cref="LayerToolException">The tokenizer is at fault, or the text gives less than was asked for.</exception>
    public static CalibrationSet BuiltIn(CalibrationLimits limits, ModelConfig config, Func<Tokenizer> tokenizer)
    {
        // Its own, smaller limits, of which the sequence length may give way to the context.
        CalibrationLimits own = limits with
        {
            SequenceLength = limits.SequenceLength ?? Math.Min(BuiltInText.DefaultSequenceLength, config.ContextLength),
        };
        CalibrationSet set = Pack(BuiltInText.Name, BuiltInText.Documents(), own, config, tokenizer());
        return limits.Samples is null ? set.Take(BuiltInText.DefaultSamples) : set;
    }

    private static CalibrationSet Pack(
        string name, IEnumerable<string> documents, CalibrationLimits limits, ModelConfig config, Tokenizer tokenizer)
    {
        int? end = tokenizer.EosTokenId ?? config.EosTokenIds.Cast<int?>().FirstOrDefault();
        return CalibrationSet.Pack(name, documents.Select(document => tokenizer.Encode(document, addSpecialTokens: false)), end, limits, config);
    }
}
