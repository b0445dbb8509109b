namespace LayerTool.Tokenization.Templates.Syntax;

/// <summary>Reads what stands behind an operand: attributes, keys and calls, which bind tightest, then filters and tests.</summary>
internal sealed class SuffixParser(TokenReader reader, ExpressionParser expressions, OperandParser operands)
{
    private readonly ArgumentParser _arguments = new(reader, expressions);

    /// <summary>Attributes, keys and calls.</summary>
    public Expression ParsePostfix(Expression value)
    {
        for (int length = 0; ; length++)
        {
            if (length > ExpressionParser.Deepest)
            {
                throw reader.Fault($"more than {ExpressionParser.Deepest} attributes and calls in a row");
            }

            if (reader.AtSign(".") || reader.AtSign("["))
            {
                value = ParseSubscript(value);
            }
            else if (reader.AtSign("("))
            {
                value = new Expression.Call(reader.Current.Line, value, _arguments.Parse());
            }
            else
            {
                return value;
            }
        }
    }

    /// <summary>Filters, tests, and calls of what they give.</summary>
    public Expression ParseFiltersAndTests(Expression value)
    {
        for (int length = 0; ; length++)
        {
            if (length > ExpressionParser.Deepest)
            {
                throw reader.Fault($"more than {ExpressionParser.Deepest} filters and tests in a row");
            }

            if (reader.TakeSign("|"))
            {
                value = ParseFilter(value);
            }
            else if (reader.AtName("is"))
            {
                value = ParseTest(value);
            }
            else if (reader.AtSign("("))
            {
                value = new Expression.Call(reader.Current.Line, value, _arguments.Parse());
            }
            else
            {
                return value;
            }
        }
    }

    /// <summary>Filters with nothing in front of them.</summary>
    public Expression ParseFilters()
    {
        Expression filter = ParseFilter(null);
        while (reader.TakeSign("|"))
        {
            filter = ParseFilter(filter);
        }

        return filter;
    }

    private Expression.Filter ParseFilter(Expression? operand)
    {
        (int line, string name) = ParseDottedName();
        return new Expression.Filter(line, operand, name, reader.AtSign("(") ? _arguments.Parse() : CallArguments.None);
    }

    private Expression ParseSubscript(Expression owner)
    {
        int line = reader.Current.Line;
        if (reader.TakeSign("."))
        {
            Token name = reader.Take();
            return name.Kind switch
            {
                TokenKind.Name => new Expression.Attribute(line, owner, name.Text),
                TokenKind.Integer => new Expression.Item(line, owner, new Expression.Constant(line, OperandParser.ParseInteger(name.Text))),
                _ => throw reader.Fault("expected name or number"),
            };
        }

        reader.Take();
        List<Expression> keys = [];
        while (!reader.AtSign("]"))
        {
            if (keys.Count > 0)
            {
                reader.ExpectSign(",");
            }

            keys.Add(ParseKey());
        }

        reader.ExpectSign("]");
        return new Expression.Item(line, owner, keys.Count == 1 ? keys[0] : new Expression.TupleOf(line, [.. keys]));
    }

    private Expression ParseKey()
    {
        int line = reader.Current.Line;
        Expression? start = null;
        if (!reader.AtSign(":"))
        {
            start = expressions.Parse();
            if (!reader.AtSign(":"))
            {
                return start;
            }
        }

        reader.Take();
        Expression? stop = EndsKey() || reader.AtSign(":") ? null : expressions.Parse();
        Expression? step = reader.TakeSign(":") && !EndsKey() ? expressions.Parse() : null;
        return new Expression.Slice(line, start, stop, step);
    }

    private bool EndsKey() => reader.AtSign("]") || reader.AtSign(",");

    private Expression.IsTest ParseTest(Expression operand)
    {
        int line = reader.Take().Line;
        bool negated = reader.TakeName("not");
        (_, string name) = ParseDottedName();
        CallArguments arguments = CallArguments.None;
        if (reader.AtSign("("))
        {
            arguments = _arguments.Parse();
        }
        else if (BeginsArgument())
        {
            if (reader.AtName("is"))
            {
                throw reader.Fault("You cannot chain multiple tests with is");
            }

            arguments = CallArguments.None with { Positional = [ParsePostfix(operands.Parse())] };
        }

        return new Expression.IsTest(line, operand, name, arguments, negated);
    }

    private bool BeginsArgument() => reader.Current.Kind switch
    {
        TokenKind.Name => !reader.AtName("else") && !reader.AtName("or") && !reader.AtName("and"),
        TokenKind.Text or TokenKind.Integer or TokenKind.Float => true,
        _ => reader.AtSign("(") || reader.AtSign("[") || reader.AtSign("{"),
    } && !(reader.AtName("if") || reader.AtName("in") || reader.AtName("not"));

    private (int Line, string Name) ParseDottedName()
    {
        Token first = reader.Expect(TokenKind.Name, "name");
        string name = first.Text;
        while (reader.TakeSign("."))
        {
            name += "." + reader.Expect(TokenKind.Name, "name").Text;
        }

        return (first.Line, name);
    }
}
