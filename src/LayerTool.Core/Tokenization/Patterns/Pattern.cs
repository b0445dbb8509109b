using LayerTool.Faults;

namespace LayerTool.Tokenization.Patterns;

/// <summary>
/// A regular expression of a tokenizer file, matched over code points by the reference's character classes. .NET's engine sees
/// UTF-16 halves, so its <c>\p{L}</c> misses every letter beyond U+FFFF. Never matches the empty text.
/// </summary>
internal sealed class Pattern
{
    private readonly Instruction[] _code;
    private readonly string _where;

    private Pattern(Instruction[] code, string where)
    {
        _code = code;
        _where = where;
    }

    /// <summary>Compiles an expression.</summary>
    /// <param name="source">The expression.</param>
    /// <param name="where">File and field, for messages.</param>
    /// <exception cref="LayerToolException">It is at fault, or uses what is not handled.</exception>
    public static Pattern Parse(string source, string where)
    {
        PatternNode node = new PatternParser(source, where).Parse();
        return node.MinimumLength > 0
            ? new Pattern(new PatternCompiler(where).Compile(node), where)
            : throw new LayerToolException($"{where}: the pattern is not handled: it matches the empty text", TokenizerJson.OtherTokenizer);
    }

    /// <summary>Every match in the text, from left to right.</summary>
    /// <exception cref="LayerToolException">The pattern tries too many ways to match.</exception>
    public List<TextSpan> Matches(ReadOnlySpan<char> text)
    {
        List<TextSpan> found = [];
        PatternMatcher matcher = new(text.Length, _where);
        int position = 0;
        while (position < text.Length)
        {
            int end = matcher.Match(_code, text, position);
            if (end > position)
            {
                found.Add(new TextSpan(position, end));
                position = end;
            }
            else
            {
                position += char.IsHighSurrogate(text[position]) && position + 1 < text.Length ? 2 : 1;
            }
        }

        return found;
    }
}
