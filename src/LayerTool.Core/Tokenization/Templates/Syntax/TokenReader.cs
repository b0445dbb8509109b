namespace LayerTool.Tokenization.Templates.Syntax;

/// <summary>Walks the tokens of a template.</summary>
internal sealed class TokenReader(List<Token> tokens)
{
    private int _place;

    public Token Current => tokens[_place];

    /// <summary>The current token; the reader moves behind it.</summary>
    public Token Take()
    {
        Token token = Current;
        if (token.Kind != TokenKind.End)
        {
            _place++;
        }

        return token;
    }

    public bool AtSign(string sign) => Current.Is(TokenKind.Sign, sign);

    public bool AtName(string name) => Current.Is(TokenKind.Name, name);

    public bool TakeSign(string sign) => AtSign(sign) && Take().Kind == TokenKind.Sign;

    public bool TakeName(string name) => AtName(name) && Take().Kind == TokenKind.Name;

    public bool NextIsSign(string sign) => _place + 1 < tokens.Count && tokens[_place + 1].Is(TokenKind.Sign, sign);

    public bool NextIsName(string name) => _place + 1 < tokens.Count && tokens[_place + 1].Is(TokenKind.Name, name);

    public void ExpectSign(string sign)
    {
        if (!TakeSign(sign))
        {
            throw Expected(sign);
        }
    }

    public Token Expect(TokenKind kind, string shown) => Current.Kind == kind ? Take() : throw Expected(shown);

    public TemplateFault Expected(string shown) => Fault($"expected token '{shown}', got '{Current.Shown}'");

    public TemplateFault Fault(string text) => new TemplateFault(TemplateFault.Syntax, text).At(Current.Line);
}
