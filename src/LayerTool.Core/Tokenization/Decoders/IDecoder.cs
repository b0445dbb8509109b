namespace LayerTool.Tokenization.Decoders;

/// <summary>Turns tokens back into text, in steps: each takes the tokens as the one before left them.</summary>
internal interface IDecoder
{
    /// <summary>The tokens, rewritten; all of them joined are the text.</summary>
    List<string> Decode(List<string> tokens);
}
