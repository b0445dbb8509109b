using LayerTool.Cli.Editing;
using LayerTool.Cli.Output;
using LayerTool.Tokenization;

namespace LayerTool.Cli.Measuring;

/// <summary>Opens a model's tokenizer, once, and says with <c>--verbose</c> how its file was read.</summary>
internal sealed class TokenizerOpener(Reporter reporter, OpenModel model, TokenizerMode mode)
{
    private Tokenizer? _tokenizer;

    /// <summary>The tokenizer of the main checkpoint.</summary>
    /// <exception cref="Faults.LayerToolException">Its files are missing or at fault.</exception>
    public Tokenizer Open()
    {
        if (_tokenizer is null)
        {
            _tokenizer = Tokenizer.Open(model.Sources.Main.Folder, mode);
            reporter.Detail($"tokenizer: {_tokenizer.Reading}");
        }

        return _tokenizer;
    }
}
