using LayerTool.Faults;

namespace LayerTool.Tokenization;

/// <summary>What reads the text of a folder.</summary>
/// <param name="File">Name of the file.</param>
/// <param name="Kind">Kind of its model, such as <c>BPE</c>.</param>
/// <param name="VocabularySize">Number of tokens.</param>
/// <param name="ClassName">The class that the folder names, or null.</param>
/// <param name="Reading">How the file is read: as it is, or rebuilt by a class's own recipe, as transformers does.</param>
/// <param name="RawDiffers">Whether the file to the letter gives other ids for some texts.</param>
public sealed record TokenizerSummary(string File, string Kind, int VocabularySize, string? ClassName, string Reading, bool RawDiffers)
{
    /// <summary>That of a folder; null where it has no tokenizer.</summary>
    /// <exception cref="LayerToolException">Its files are at fault, or use what is not handled.</exception>
    public static TokenizerSummary? Of(string folder)
    {
        if (!Tokenizer.IsIn(folder))
        {
            return null;
        }

        Tokenizer tokenizer = Tokenizer.Open(folder, TokenizerMode.Auto);
        Tokenizer raw = Tokenizer.Open(folder, TokenizerMode.Raw);
        return new TokenizerSummary(
            Path.GetFileName(tokenizer.File), tokenizer.Kind, tokenizer.VocabularySize, tokenizer.ClassName, tokenizer.Reading, !TokenizerProbe.GiveSameIds(tokenizer, raw));
    }
}
