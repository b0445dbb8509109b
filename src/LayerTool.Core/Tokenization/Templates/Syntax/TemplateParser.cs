using System.Collections.Immutable;

namespace LayerTool.Tokenization.Templates.Syntax;

/// <summary>Reads a template: text, printed expressions, and tags.</summary>
internal sealed class TemplateParser
{
    private const int Deepest = 60;

    private readonly TokenReader _reader;
    private readonly ExpressionParser _expressions;
    private int _depth;
    private int _loops;

    private TemplateParser(TokenReader reader)
    {
        _reader = reader;
        _expressions = new ExpressionParser(reader);
    }

    /// <summary>The statements of a template.</summary>
    /// <exception cref="TemplateFault">It is at fault; the line is named.</exception>
    public static ImmutableArray<Statement> Parse(string template)
    {
        TemplateParser parser = new(new TokenReader(Lexer.Read(template)));
        return parser.ParseBody([]);
    }

    // Up to a tag of one of those names, whose name is the current token then; up to the end where there are none.
    private ImmutableArray<Statement> ParseBody(ReadOnlySpan<string> endNames)
    {
        if (++_depth > Deepest)
        {
            throw _reader.Fault($"tags nested more than {Deepest} deep");
        }

        ImmutableArray<Statement>.Builder body = ImmutableArray.CreateBuilder<Statement>();
        while (true)
        {
            Token token = _reader.Current;
            switch (token.Kind)
            {
                case TokenKind.Data:
                    _reader.Take();
                    body.Add(new Statement.Data(token.Line, token.Text));
                    continue;
                case TokenKind.PrintBegin:
                    _reader.Take();
                    body.Add(new Statement.Print(token.Line, _expressions.ParseTuple()));
                    _reader.Expect(TokenKind.PrintEnd, "end of print statement");
                    continue;
                case TokenKind.TagBegin:
                    _reader.Take();
                    if (_reader.Current.Kind == TokenKind.Name && endNames.Contains(_reader.Current.Text))
                    {
                        _depth--;
                        return body.ToImmutable();
                    }

                    body.Add(ParseTag());
                    continue;
                default:
                    _depth--;
                    return endNames.IsEmpty && token.Kind == TokenKind.End
                        ? body.ToImmutable()
                        : throw _reader.Fault($"Unexpected end of template. Jinja was looking for the following tags: '{string.Join("' or '", endNames!)}'");
            }
        }
    }

    private Statement ParseTag()
    {
        Token name = _reader.Expect(TokenKind.Name, "tag name");
        Statement statement = name.Text switch
        {
            "if" => ParseIf(name.Line),
            "for" => ParseFor(name.Line),
            "set" => ParseSet(name.Line),
            "macro" => ParseMacro(name.Line),
            "call" => ParseCall(name.Line),
            "filter" => ParseFilter(name.Line),
            "with" => ParseWith(name.Line),
            "autoescape" => new Statement.AutoEscape(name.Line, _expressions.Parse(), ParseRest("endautoescape")),
            "generation" => new Statement.Region(name.Line, SeesRootOnly: false, ParseRest("endgeneration")),
            "block" => ParseBlock(name.Line),
            "print" => new Statement.Print(name.Line, _expressions.ParseTuple()),
            "break" when _loops > 0 => new Statement.Break(name.Line),
            "continue" when _loops > 0 => new Statement.Continue(name.Line),
            "include" or "import" or "from" or "extends" => ParseLoad(name.Line),
            _ => throw new TemplateFault(TemplateFault.Syntax, $"Encountered unknown tag '{name.Text}'.").At(name.Line),
        };
        _reader.Expect(TokenKind.TagEnd, "end of statement block");
        return statement;
    }

    private Statement.If ParseIf(int line)
    {
        ImmutableArray<(Expression, ImmutableArray<Statement>)>.Builder branches = ImmutableArray.CreateBuilder<(Expression, ImmutableArray<Statement>)>();
        ImmutableArray<Statement> otherwise = [];
        while (true)
        {
            Expression test = _expressions.ParseTuple(conditions: false);
            _reader.Expect(TokenKind.TagEnd, "end of statement block");
            branches.Add((test, ParseBody(["elif", "else", "endif"])));
            string next = _reader.Take().Text;
            if (next == "elif")
            {
                continue;
            }

            if (next == "else")
            {
                otherwise = ParseRest("endif");
            }

            return new Statement.If(line, branches.ToImmutable(), otherwise);
        }
    }

    private Statement.For ParseFor(int line)
    {
        Expression target = _expressions.ParseTarget(endName: "in");
        if (!_reader.TakeName("in"))
        {
            throw _reader.Expected("in");
        }

        Expression items = _expressions.ParseTuple(conditions: false, endName: "recursive");
        Expression? test = _reader.TakeName("if") ? _expressions.Parse() : null;
        bool recursive = _reader.TakeName("recursive");
        _reader.Expect(TokenKind.TagEnd, "end of statement block");
        _loops++;
        ImmutableArray<Statement> body = ParseBody(["endfor", "else"]);
        _loops--;
        ImmutableArray<Statement> otherwise = _reader.Take().Text == "else" ? ParseRest("endfor") : [];
        return new Statement.For(line, target, items, test, recursive, body, otherwise);
    }

    private Statement ParseSet(int line)
    {
        Expression target = _expressions.ParseTarget();
        if (_reader.TakeSign("="))
        {
            return new Statement.Set(line, target, _expressions.ParseTuple());
        }

        Expression? filter = _reader.TakeSign("|") ? _expressions.ParseFilters() : null;
        return new Statement.SetBlock(line, target, filter, ParseRest("endset"));
    }

    private Statement.Macro ParseMacro(int line)
    {
        string name = _expressions.ParseTargetName().Text;
        ImmutableArray<(string, Expression?)> parameters = ParseParameters();
        return new Statement.Macro(line, name, parameters, ParseCallable("endmacro"));
    }

    private Statement.CallBlock ParseCall(int line)
    {
        ImmutableArray<(string, Expression?)> parameters = _reader.AtSign("(") ? ParseParameters() : [];
        Expression call = _expressions.Parse();
        return call is Expression.Call
            ? new Statement.CallBlock(line, call, new Statement.Macro(line, "caller", parameters, ParseCallable("endcall")))
            : throw _reader.Fault("expected call");
    }

    private Statement.FilterBlock ParseFilter(int line) => new(line, _expressions.ParseFilters(), ParseRest("endfilter"));

    private Statement.With ParseWith(int line)
    {
        ImmutableArray<(Expression, Expression)>.Builder values = ImmutableArray.CreateBuilder<(Expression, Expression)>();
        while (_reader.Current.Kind != TokenKind.TagEnd)
        {
            if (values.Count > 0)
            {
                _reader.ExpectSign(",");
            }

            Expression target = _expressions.ParseTargetName();
            _reader.ExpectSign("=");
            values.Add((target, _expressions.Parse()));
        }

        return new Statement.With(line, values.ToImmutable(), ParseRest("endwith"));
    }

    private Statement.Region ParseBlock(int line)
    {
        _reader.Expect(TokenKind.Name, "name");
        ImmutableArray<Statement> body = ParseRest("endblock");
        if (_reader.Current.Kind == TokenKind.Name)
        {
            _reader.Take();
        }

        return new Statement.Region(line, SeesRootOnly: true, body);
    }

    private Statement.Load ParseLoad(int line)
    {
        while (_reader.Current.Kind is not (TokenKind.TagEnd or TokenKind.End))
        {
            _reader.Take();
        }

        return new Statement.Load(line);
    }

    private ImmutableArray<(string, Expression?)> ParseParameters()
    {
        _reader.ExpectSign("(");
        ImmutableArray<(string, Expression?)>.Builder parameters = ImmutableArray.CreateBuilder<(string, Expression?)>();
        while (!_reader.AtSign(")"))
        {
            if (parameters.Count > 0)
            {
                _reader.ExpectSign(",");
            }

            string name = _expressions.ParseTargetName().Text;
            bool hasDefault = _reader.TakeSign("=");
            if (!hasDefault && parameters.Count > 0 && parameters[^1].Item2 is not null)
            {
                throw _reader.Fault("non-default argument follows default argument");
            }

            parameters.Add((name, hasDefault ? _expressions.Parse() : null));
        }

        _reader.ExpectSign(")");
        return parameters.ToImmutable();
    }

    // A loop around a macro is not one inside of it.
    private ImmutableArray<Statement> ParseCallable(string endName)
    {
        int loops = _loops;
        _loops = 0;
        ImmutableArray<Statement> body = ParseRest(endName);
        _loops = loops;
        return body;
    }

    private ImmutableArray<Statement> ParseRest(string endName)
    {
        _reader.Expect(TokenKind.TagEnd, "end of statement block");
        ImmutableArray<Statement> body = ParseBody([endName]);
        _reader.Take();
        return body;
    }
}
