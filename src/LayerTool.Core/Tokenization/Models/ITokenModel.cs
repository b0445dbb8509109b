using LayerTool.Tokenization.PreTokenizers;

namespace LayerTool.Tokenization.Models;

/// <summary>Turns pieces of text into tokens.</summary>
internal interface ITokenModel
{
    /// <summary>What people call it, such as <c>BPE</c>.</summary>
    string Kind { get; }

    /// <summary>The model's tokens; added tokens are not among them unless the model has them too.</summary>
    TokenVocabulary Vocabulary { get; }

    /// <summary>Adds the tokens of the pieces, each taken by itself.</summary>
    void Encode(Pieces pieces, TokenSink sink);
}
