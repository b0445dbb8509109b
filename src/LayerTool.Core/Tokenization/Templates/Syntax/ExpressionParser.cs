using System.Collections.Immutable;

namespace LayerTool.Tokenization.Templates.Syntax;

/// <summary>Reads expressions, by Jinja's precedence, from the loosest to the tightest binding.</summary>
internal sealed class ExpressionParser
{
    /// <summary>How deep expressions nest, and how much stands behind one operand, at most.</summary>
    public const int Deepest = 60;

    private static readonly string[] Comparisons = ["==", "!=", "<", "<=", ">", ">="];

    private readonly TokenReader _reader;
    private readonly OperandParser _operands;
    private readonly SuffixParser _suffixes;
    private int _depth;

    public ExpressionParser(TokenReader reader)
    {
        _reader = reader;
        _operands = new OperandParser(reader, this);
        _suffixes = new SuffixParser(reader, this, _operands);
    }

    /// <summary>An expression.</summary>
    /// <param name="conditions">Whether <c>a if b else c</c> is read as a whole.</param>
    public Expression Parse(bool conditions = true)
    {
        Deepen();
        Expression result = conditions ? ParseCondition() : ParseOr();
        _depth--;
        return result;
    }

    /// <summary>An expression, or several with commas between them.</summary>
    /// <param name="conditions">Whether <c>a if b else c</c> is read as a whole.</param>
    /// <param name="endName">A name that ends it.</param>
    /// <param name="explicitly">Whether none at all is a tuple, too, as in parentheses.</param>
    public Expression ParseTuple(bool conditions = true, string? endName = null, bool explicitly = false) => ParseTuple(() => Parse(conditions), explicitly, endName);

    /// <summary>What is assigned to: a name, names with commas between them, or an attribute of a namespace.</summary>
    public Expression ParseTarget(string? endName = null)
    {
        if (_reader.Current.Kind == TokenKind.Name && _reader.NextIsSign("."))
        {
            Token owner = _reader.Take();
            _reader.Take();
            return new Expression.Attribute(owner.Line, new Expression.Variable(owner.Line, owner.Text), _reader.Expect(TokenKind.Name, "name").Text);
        }

        return CheckTarget(ParseTuple(_operands.Parse, explicitly: false, endName));
    }

    /// <summary>A name that is assigned to.</summary>
    public Expression.Variable ParseTargetName()
    {
        Token name = _reader.Expect(TokenKind.Name, "name");
        return (Expression.Variable)CheckTarget(new Expression.Variable(name.Line, name.Text));
    }

    /// <summary>Filters with nothing in front of them, which take the body of a block.</summary>
    public Expression ParseFilters() => _suffixes.ParseFilters();

    private Expression ParseCondition()
    {
        Expression value = ParseOr();
        while (_reader.Current.Line is int line && _reader.TakeName("if"))
        {
            Expression test = ParseOr();
            Expression? other = _reader.TakeName("else") ? Parse() : null;
            value = new Expression.Condition(line, test, value, other);
        }

        return value;
    }

    private Expression ParseOr() => ParseChain(ParseAnd, () => _reader.AtName("or"));

    private Expression ParseAnd() => ParseChain(ParseNot, () => _reader.AtName("and"));

    private Expression ParseNot()
    {
        int line = _reader.Current.Line;
        if (!_reader.TakeName("not"))
        {
            return ParseComparison();
        }

        Deepen();
        Expression operand = ParseNot();
        _depth--;
        return new Expression.Unary(line, "not", operand);
    }

    private Expression ParseComparison()
    {
        int line = _reader.Current.Line;
        Expression first = ParseSum();
        ImmutableArray<(string, Expression)>.Builder rest = ImmutableArray.CreateBuilder<(string, Expression)>();
        while (true)
        {
            if (_reader.Current.Kind == TokenKind.Sign && Comparisons.Contains(_reader.Current.Text))
            {
                rest.Add((_reader.Take().Text, ParseSum()));
            }
            else if (_reader.TakeName("in"))
            {
                rest.Add(("in", ParseSum()));
            }
            else if (_reader.AtName("not") && _reader.NextIsName("in"))
            {
                _reader.Take();
                _reader.Take();
                rest.Add(("not in", ParseSum()));
            }
            else
            {
                return rest.Count == 0 ? first : new Expression.Compare(line, first, rest.ToImmutable());
            }
        }
    }

    private Expression ParseSum() => ParseChain(ParseConcat, () => _reader.AtSign("+") || _reader.AtSign("-"));

    private Expression ParseConcat()
    {
        int line = _reader.Current.Line;
        ImmutableArray<Expression>.Builder items = ImmutableArray.CreateBuilder<Expression>();
        items.Add(ParseProduct());
        while (_reader.TakeSign("~"))
        {
            items.Add(ParseProduct());
        }

        return items.Count == 1 ? items[0] : new Expression.Concat(line, items.ToImmutable());
    }

    private Expression ParseProduct() =>
        ParseChain(ParsePower, () => _reader.AtSign("*") || _reader.AtSign("/") || _reader.AtSign("//") || _reader.AtSign("%"));

    private Expression ParsePower() => ParseChain(() => ParseUnary(filters: true), () => _reader.AtSign("**"));

    // Chains nest to the left, so their length counts as depth: what walks them later must not run out of stack.
    private Expression ParseChain(Func<Expression> operand, Func<bool> more)
    {
        const int Longest = 500;
        Expression left = operand();
        for (int length = 0; more(); length++)
        {
            if (length > Longest)
            {
                throw _reader.Fault($"more than {Longest} operators of one kind in a row");
            }

            Token sign = _reader.Take();
            left = new Expression.Binary(sign.Line, sign.Text, left, operand());
        }

        return left;
    }

    private Expression ParseUnary(bool filters)
    {
        Expression value;
        int line = _reader.Current.Line;
        if (_reader.AtSign("-") || _reader.AtSign("+"))
        {
            string sign = _reader.Take().Text;
            Deepen();
            value = new Expression.Unary(line, sign, ParseUnary(filters: false));
            _depth--;
        }
        else
        {
            value = _operands.Parse();
        }

        value = _suffixes.ParsePostfix(value);
        return filters ? _suffixes.ParseFiltersAndTests(value) : value;
    }

    private Expression ParseTuple(Func<Expression> item, bool explicitly, string? endName)
    {
        int line = _reader.Current.Line;
        ImmutableArray<Expression>.Builder items = ImmutableArray.CreateBuilder<Expression>();
        bool isTuple = false;
        while (true)
        {
            if (items.Count > 0)
            {
                if (!_reader.TakeSign(","))
                {
                    break;
                }

                isTuple = true;
            }

            if (_reader.Current.Kind is TokenKind.PrintEnd or TokenKind.TagEnd || _reader.AtSign(")") || (endName is not null && _reader.AtName(endName)))
            {
                break;
            }

            items.Add(item());
        }

        if (items.Count == 1 && !isTuple)
        {
            return items[0];
        }

        return items.Count > 0 || explicitly
            ? new Expression.TupleOf(line, items.ToImmutable())
            : throw _reader.Fault($"Expected an expression, got '{_reader.Current.Shown}'");
    }

    private Expression CheckTarget(Expression target) => target switch
    {
        Expression.Variable => target,
        Expression.TupleOf tuple when tuple.Items.All(item => item is Expression.Variable) => target,
        _ => throw _reader.Fault("can't assign to this"),
    };

    private void Deepen()
    {
        if (++_depth > Deepest)
        {
            throw _reader.Fault($"expressions nested more than {Deepest} deep");
        }
    }
}
