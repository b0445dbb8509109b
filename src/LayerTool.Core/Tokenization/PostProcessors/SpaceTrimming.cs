using LayerTool.Tokenization.Unicode;

namespace LayerTool.Tokenization.PostProcessors;

/// <summary>Moves the offsets of byte-level tokens behind the spaces that they begin with and before those that they end with.</summary>
/// <param name="prefixSpace">Whether a space was put in front of the text: the first token keeps its start then, if that is its only one.</param>
internal sealed class SpaceTrimming(bool prefixSpace)
{
    /// <summary>The offsets of one token, trimmed.</summary>
    /// <param name="token">The token as the file writes it.</param>
    /// <param name="place">Its place among the tokens.</param>
    /// <param name="span">Its code points.</param>
    public TextSpan Trim(string token, int place, TextSpan span)
    {
        int leading = token.TakeWhile(IsSpace).Count();
        int trailing = token.Reverse().TakeWhile(IsSpace).Count();
        bool first = place == 0 || span.Start == 0;
        if (leading > 0 && !(first && prefixSpace && leading == 1))
        {
            span = span with { Start = Math.Min(span.Start + leading, span.End) };
        }

        return trailing > 0 && span.End >= trailing ? span with { End = Math.Max(span.End - trailing, span.Start) } : span;
    }

    private static bool IsSpace(char character) => character == ByteAlphabet.Character((byte)' ') || CharacterClasses.Space.Contains(character);
}
