namespace LayerTool.Tokenization.Templates.Syntax;

/// <summary>Reads numbers as Jinja writes them: <c>12</c>, <c>1_000</c>, <c>0x1F</c>, <c>1.5</c>, <c>2e-3</c>.</summary>
internal static class NumberText
{
    private const int LongestNumber = 1000;

    /// <summary>Reads the number at a place and moves behind it; underscores are left out.</summary>
    public static (TokenKind Kind, string Text) Read(string source, ref int position)
    {
        int start = position;
        if (source[position] == '0' && position + 1 < source.Length && char.ToLowerInvariant(source[position + 1]) is 'x' or 'b' or 'o')
        {
            char radix = char.ToLowerInvariant(source[position + 1]);
            int end = position + 2;
            while (end < source.Length && (source[end] == '_' || IsDigit(source[end], radix)))
            {
                end++;
            }

            if (end > position + 2)
            {
                position = end;
                return Finish(TokenKind.Integer, source[start..end]);
            }
        }

        position = Digits(source, position);
        bool isFloat = false;
        if (position + 1 < source.Length && source[position] == '.' && char.IsAsciiDigit(source[position + 1]))
        {
            position = Digits(source, position + 1);
            isFloat = true;
        }

        if (position < source.Length && source[position] is 'e' or 'E')
        {
            int digits = position + 1 < source.Length && source[position + 1] is '+' or '-' ? position + 2 : position + 1;
            if (digits < source.Length && char.IsAsciiDigit(source[digits]))
            {
                position = Digits(source, digits);
                isFloat = true;
            }
        }

        return Finish(isFloat ? TokenKind.Float : TokenKind.Integer, source[start..position]);
    }

    private static (TokenKind Kind, string Text) Finish(TokenKind kind, string text) => text.Length > LongestNumber
        ? throw new TemplateFault(TemplateFault.Limit, $"a number of {text.Length} digits")
        : (kind, text.Replace("_", "", StringComparison.Ordinal));

    private static int Digits(string source, int at)
    {
        while (at < source.Length && (char.IsAsciiDigit(source[at]) || (source[at] == '_' && at + 1 < source.Length && char.IsAsciiDigit(source[at + 1]))))
        {
            at++;
        }

        return at;
    }

    private static bool IsDigit(char digit, char radix) => radix switch
    {
        'x' => char.IsAsciiHexDigit(digit),
        'o' => digit is >= '0' and <= '7',
        _ => digit is '0' or '1',
    };
}
