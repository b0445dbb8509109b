using LayerTool.Tokenization.AddedTokens;
using LayerTool.Tokenization.Decoders;
using LayerTool.Tokenization.Models;
using LayerTool.Tokenization.Normalizers;
using LayerTool.Tokenization.PostProcessors;
using LayerTool.Tokenization.PreTokenizers;

namespace LayerTool.Tokenization;

/// <summary>What a tokenizer is made of, in the order in which text passes through it, and back.</summary>
/// <param name="File">Full path of the file that it comes from.</param>
/// <param name="Normalizer">Rewrites the text between added tokens.</param>
/// <param name="PreTokenizer">Cuts it into pieces.</param>
/// <param name="Model">Turns each piece into tokens.</param>
/// <param name="AddedTokens">What is cut out of the text beforehand.</param>
/// <param name="Frame">The special tokens around a text.</param>
/// <param name="Decoder">Turns tokens back into text.</param>
internal sealed record TokenizerParts(
    string File,
    INormalizer Normalizer,
    IPreTokenizer PreTokenizer,
    ITokenModel Model,
    AddedTokenSet AddedTokens,
    Frame Frame,
    IDecoder Decoder)
{
    /// <summary>Reads a tokenizer.json to the letter.</summary>
    public static TokenizerParts Read(TokenizerJson json)
    {
        ExpectKnown(json);
        INormalizer normalizer = NormalizerReader.Read(json.OptionalPart("normalizer"));
        ITokenModel model = TokenModelReader.Read(json.Object("model"));
        return new TokenizerParts(
            json.File,
            normalizer,
            PreTokenizerReader.Read(json.OptionalPart("pre_tokenizer")),
            model,
            AddedTokenSet.Of(AddedTokenSet.Read(json, model), normalizer),
            PostProcessorReader.Read(json.OptionalPart("post_processor")),
            DecoderReader.Read(json.OptionalPart("decoder")));
    }

    /// <summary>Faults a field of tokenizer.json that nobody reads.</summary>
    public static void ExpectKnown(TokenizerJson json) =>

        // Truncation and padding are how the file was last used, not what its ids are: the reference switches both off.
        json.ExpectOnly("version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model");
}
