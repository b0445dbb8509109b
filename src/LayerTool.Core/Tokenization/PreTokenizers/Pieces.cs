namespace LayerTool.Tokenization.PreTokenizers;

/// <summary>A stretch of text between added tokens, and the pieces that it has been cut into so far.</summary>
/// <param name="Text">The text, normalized.</param>
/// <param name="Spans">The pieces, in order; none is empty.</param>
/// <param name="OpensText">Whether the stretch stands at the very beginning of the whole text.</param>
internal sealed record Pieces(AlignedText Text, IReadOnlyList<TextSpan> Spans, bool OpensText)
{
    /// <summary>The whole stretch as one piece.</summary>
    public static Pieces Whole(AlignedText text, bool opensText) =>
        new(text, text.Value.Length == 0 ? [] : [new TextSpan(0, text.Value.Length)], opensText);

    public ReadOnlySpan<char> this[TextSpan span] => Text.Value.AsSpan(span.Start, span.Length);
}
