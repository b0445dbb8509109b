using System.Text;
using LayerTool.Tokenization.Templates.Values;

namespace LayerTool.Tokenization.Templates.Syntax;

/// <summary>
/// Cuts a template into tokens, with trim_blocks and lstrip_blocks on as transformers has them: a line end right behind a tag goes,
/// and so do the spaces between the start of a line and a tag. <c>-</c> takes all white space, <c>+</c> keeps it.
/// </summary>
internal sealed class Lexer
{
    private static readonly string[] Signs =
    [
        "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";",
    ];

    private readonly string _source;
    private readonly List<Token> _tokens = [];
    private int _position;
    private int _line = 1;
    private int _counted;
    private int _lineAtCounted = 1;

    private Lexer(string source) => _source = source;

    private bool AtEnd => _position >= _source.Length;

    /// <summary>The tokens of a template; the last is <see cref="TokenKind.End"/>.</summary>
    /// <exception cref="TemplateFault">It cannot be cut.</exception>
    public static List<Token> Read(string template)
    {
        string source = template.ReplaceLineEndings("\n");
        Lexer lexer = new(source.EndsWith('\n') ? source[..^1] : source);
        lexer.ReadAll();
        return lexer._tokens;
    }

    private void ReadAll()
    {
        bool startsLine = true;
        while (!AtEnd)
        {
            int tag = NextTag();
            if (tag < 0)
            {
                AddData(_source[_position..]);
                _position = _source.Length;
                break;
            }

            char kind = _source[tag + 1];
            char sign = tag + 2 < _source.Length && _source[tag + 2] is '-' or '+' ? _source[tag + 2] : ' ';
            AddData(Before(tag, kind, sign, startsLine));
            _position = tag + (sign == ' ' ? 2 : 3);
            startsLine = kind switch
            {
                '#' => SkipComment(),
                '%' when IsRaw(out int body) => ReadRaw(body),
                '%' => ReadCode(TokenKind.TagBegin, TokenKind.TagEnd, "%}"),
                _ => ReadCode(TokenKind.PrintBegin, TokenKind.PrintEnd, "}}"),
            };
        }

        _tokens.Add(new Token(TokenKind.End, "", _line));
    }

    private int NextTag()
    {
        for (int at = _source.IndexOf('{', _position); at >= 0 && at + 1 < _source.Length; at = _source.IndexOf('{', at + 1))
        {
            if (_source[at + 1] is '{' or '%' or '#')
            {
                return at;
            }
        }

        return -1;
    }

    private string Before(int tag, char kind, char sign, bool startsLine)
    {
        string text = _source[_position..tag];
        if (sign == '-')
        {
            return PythonSpace.TrimEnd(text);
        }

        if (kind == '{' || sign == '+')
        {
            return text;
        }

        int line = text.LastIndexOf('\n') + 1;
        return (line > 0 || startsLine) && PythonSpace.TrimEnd(text[line..]).Length == 0 ? text[..line] : text;
    }

    private void AddData(string text)
    {
        if (text.Length > 0)
        {
            _tokens.Add(new Token(TokenKind.Data, text, _line));
        }
    }

    private bool SkipComment()
    {
        int end = _source.IndexOf("#}", _position, StringComparison.Ordinal);
        if (end < 0)
        {
            throw Fault("Missing end of comment tag");
        }

        char sign = end > _position ? _source[end - 1] : ' ';
        _position = end + 2;
        return Close(sign is '-' or '+' ? sign : ' ');
    }

    // Behind the end of a tag or comment; true where a new line begins there.
    private bool Close(char sign)
    {
        int start = _position;
        if (sign == '-')
        {
            while (!AtEnd && PythonSpace.IsSpace(_source[_position]))
            {
                _position++;
            }
        }
        else if (sign == ' ' && !AtEnd && _source[_position] == '\n')
        {
            _position++;
        }

        _line = LineAt(_position);
        return _position > start && _source[_position - 1] == '\n';
    }

    private bool IsRaw(out int body)
    {
        int at = SkipSpaces(_position);
        body = 0;
        if (string.CompareOrdinal(_source, at, "raw", 0, 3) != 0)
        {
            return false;
        }

        at = SkipSpaces(at + 3);
        bool trims = at < _source.Length && _source[at] == '-';
        at += trims ? 1 : 0;
        if (string.CompareOrdinal(_source, at, "%}", 0, 2) != 0)
        {
            return false;
        }

        body = trims ? SkipSpaces(at + 2) : at + 2;
        return true;
    }

    private bool ReadRaw(int body)
    {
        _line = LineAt(body);
        for (int at = _source.IndexOf("{%", body, StringComparison.Ordinal); at >= 0; at = _source.IndexOf("{%", at + 1, StringComparison.Ordinal))
        {
            char sign = at + 2 < _source.Length && _source[at + 2] is '-' or '+' ? _source[at + 2] : ' ';
            int word = SkipSpaces(at + (sign == ' ' ? 2 : 3));
            if (string.CompareOrdinal(_source, word, "endraw", 0, 6) != 0)
            {
                continue;
            }

            int end = SkipSpaces(word + 6);
            char closing = end < _source.Length && _source[end] is '-' or '+' ? _source[end] : ' ';
            end += closing == ' ' ? 0 : 1;
            if (string.CompareOrdinal(_source, end, "%}", 0, 2) == 0)
            {
                _position = body;
                AddData(Before(at, '%', sign, startsLine: body > 0 && _source[body - 1] == '\n'));
                _position = end + 2;
                return Close(closing);
            }
        }

        throw Fault("Missing end of raw directive");
    }

    private bool ReadCode(TokenKind begin, TokenKind end, string closing)
    {
        _line = LineAt(_position);
        _tokens.Add(new Token(begin, "", _line));
        Stack<char> brackets = new();
        while (true)
        {
            _position = SkipSpaces(_position);
            _line = LineAt(_position);
            if (AtEnd)
            {
                // The parser says what is missing.
                return false;
            }

            if (brackets.Count == 0 && EndSign(closing, allowsPlus: end == TokenKind.TagEnd) is { } sign)
            {
                _tokens.Add(new Token(end, "", _line));
                _position += sign == ' ' ? 2 : 3;
                return Close(end == TokenKind.PrintEnd && sign == ' ' ? '+' : sign);
            }

            ReadToken(brackets);
        }
    }

    private char? EndSign(string closing, bool allowsPlus)
    {
        char first = _source[_position];
        bool signed = first == '-' || (first == '+' && allowsPlus);
        return string.CompareOrdinal(_source, _position + (signed ? 1 : 0), closing, 0, 2) == 0 ? signed ? first : ' ' : null;
    }

    private void ReadToken(Stack<char> brackets)
    {
        char first = _source[_position];
        if (char.IsAsciiDigit(first))
        {
            (TokenKind kind, string text) = NumberText.Read(_source, ref _position);
            _tokens.Add(new Token(kind, text, _line));
        }
        else if (first == '_' || char.IsLetter(first))
        {
            int start = _position;
            while (!AtEnd && (_source[_position] == '_' || char.IsLetterOrDigit(_source[_position])))
            {
                _position++;
            }

            _tokens.Add(new Token(TokenKind.Name, _source[start.._position], _line));
        }
        else if (first is '\'' or '"')
        {
            ReadText(first);
        }
        else
        {
            ReadSign(brackets);
        }
    }

    private void ReadSign(Stack<char> brackets)
    {
        string sign = Array.Find(Signs, candidate => string.CompareOrdinal(_source, _position, candidate, 0, candidate.Length) == 0)
            ?? throw Fault($"unexpected char {TextLiteral.Of(_source[_position].ToString())} at {_position}");
        switch (sign)
        {
            case "(" or "[" or "{":
                brackets.Push(sign == "(" ? ')' : sign == "[" ? ']' : '}');
                break;
            case ")" or "]" or "}":
                if (!brackets.TryPop(out char expected))
                {
                    throw Fault($"unexpected '{sign}'");
                }

                if (expected != sign[0])
                {
                    throw Fault($"unexpected '{sign}', expected '{expected}'");
                }

                break;
            default:
                break;
        }

        _tokens.Add(new Token(TokenKind.Sign, sign, _line));
        _position += sign.Length;
    }

    private void ReadText(char quote)
    {
        int start = _position;
        StringBuilder text = new();
        for (_position++; !AtEnd; _position++)
        {
            char unit = _source[_position];
            if (unit == quote)
            {
                _position++;
                _tokens.Add(new Token(TokenKind.Text, text.ToString(), _line));
                return;
            }

            if (unit == '\\' && _position + 1 < _source.Length)
            {
                _position++;
                _position += EscapeText.Read(_source, _position, text, Fault) - 1;
                continue;
            }

            text.Append(unit);
        }

        _position = start;
        throw Fault($"unexpected char {TextLiteral.Of(quote.ToString())} at {start}");
    }

    private int SkipSpaces(int at)
    {
        while (at < _source.Length && PythonSpace.IsSpace(_source[at]))
        {
            at++;
        }

        return at;
    }

    private int LineAt(int position)
    {
        _line = _counted <= position ? _lineAtCounted + _source.AsSpan(_counted, position - _counted).Count('\n') : 1 + _source.AsSpan(0, position).Count('\n');
        (_counted, _lineAtCounted) = (position, _line);
        return _line;
    }

    private TemplateFault Fault(string text) => new TemplateFault(TemplateFault.Syntax, text).At(LineAt(Math.Min(_position, _source.Length)));
}
