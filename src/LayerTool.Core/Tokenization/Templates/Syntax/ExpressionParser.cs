using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace LayerTool.Tokenization.Templates.Syntax;

/// <summary>Reads expressions, by Jinja's precedence, from the loosest to the tightest binding.</summary>
internal sealed class ExpressionParser(TokenReader reader)
{
    private const int Deepest = 60;

    private static readonly string[] Comparisons = ["==", "!=", "<", "<=", ">", ">="];

    private int _depth;

    /// <summary>An expression.</summary>
    /// <param name="conditions">Whether <c>a if b else c</c> is read as a whole.</param>
    public Expression Parse(bool conditions = true)
    {
        if (++_depth > Deepest)
        {
            throw reader.Fault($"expressions nested more than {Deepest} deep");
        }

        Expression result = conditions ? ParseCondition() : ParseOr();
        _depth--;
        return result;
    }

    /// <summary>An expression, or several with commas between them.</summary>
    /// <param name="conditions">Whether <c>a if b else c</c> is read as a whole.</param>
    /// <param name="endName">A name that ends it.</param>
    public Expression ParseTuple(bool conditions = true, string? endName = null) => ParseTuple(() => Parse(conditions), explicitly: false, endName);

    /// <summary>What is assigned to: a name, names with commas between them, or an attribute of a namespace.</summary>
    public Expression ParseTarget(string? endName = null)
    {
        if (reader.Current.Kind == TokenKind.Name && reader.NextIsSign("."))
        {
            Token owner = reader.Take();
            reader.Take();
            return new Expression.Attribute(owner.Line, new Expression.Variable(owner.Line, owner.Text), reader.Expect(TokenKind.Name, "name").Text);
        }

        return CheckTarget(ParseTuple(ParsePrimary, explicitly: false, endName));
    }

    /// <summary>A name that is assigned to.</summary>
    public Expression.Variable ParseTargetName()
    {
        Token name = reader.Expect(TokenKind.Name, "name");
        return (Expression.Variable)CheckTarget(new Expression.Variable(name.Line, name.Text));
    }

    /// <summary>The filters behind an operand; at least one where there is no operand.</summary>
    public Expression ParseFilters(Expression? operand, bool begun)
    {
        while (begun || reader.AtSign("|"))
        {
            if (!begun)
            {
                reader.Take();
            }

            begun = false;
            (int line, string name) = ParseDottedName();
            CallArguments arguments = reader.AtSign("(") ? ParseArguments() : CallArguments.None;
            operand = new Expression.Filter(line, operand, name, arguments);
        }

        return operand ?? throw reader.Expected("name");
    }

    private Expression ParseCondition()
    {
        Expression value = ParseOr();
        while (reader.Current.Line is int line && reader.TakeName("if"))
        {
            Expression test = ParseOr();
            Expression? other = reader.TakeName("else") ? Parse() : null;
            value = new Expression.Condition(line, test, value, other);
        }

        return value;
    }

    private Expression ParseOr() => ParseChain(ParseAnd, () => reader.AtName("or"));

    private Expression ParseAnd() => ParseChain(ParseNot, () => reader.AtName("and"));

    private Expression ParseNot()
    {
        int line = reader.Current.Line;
        if (!reader.TakeName("not"))
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
        int line = reader.Current.Line;
        Expression first = ParseSum();
        ImmutableArray<(string, Expression)>.Builder rest = ImmutableArray.CreateBuilder<(string, Expression)>();
        while (true)
        {
            if (reader.Current.Kind == TokenKind.Sign && Comparisons.Contains(reader.Current.Text))
            {
                rest.Add((reader.Take().Text, ParseSum()));
            }
            else if (reader.TakeName("in"))
            {
                rest.Add(("in", ParseSum()));
            }
            else if (reader.AtName("not") && reader.NextIsName("in"))
            {
                reader.Take();
                reader.Take();
                rest.Add(("not in", ParseSum()));
            }
            else
            {
                return rest.Count == 0 ? first : new Expression.Compare(line, first, rest.ToImmutable());
            }
        }
    }

    private Expression ParseSum() => ParseChain(ParseConcat, () => reader.AtSign("+") || reader.AtSign("-"));

    private Expression ParseConcat()
    {
        int line = reader.Current.Line;
        ImmutableArray<Expression>.Builder items = ImmutableArray.CreateBuilder<Expression>();
        items.Add(ParseProduct());
        while (reader.TakeSign("~"))
        {
            items.Add(ParseProduct());
        }

        return items.Count == 1 ? items[0] : new Expression.Concat(line, items.ToImmutable());
    }

    private Expression ParseProduct() =>
        ParseChain(ParsePower, () => reader.AtSign("*") || reader.AtSign("/") || reader.AtSign("//") || reader.AtSign("%"));

    private Expression ParsePower() => ParseChain(() => ParseUnary(filters: true), () => reader.AtSign("**"));

    // Chains nest to the left, so their length counts as depth: what walks them later must not run out of stack.
    private Expression ParseChain(Func<Expression> operand, Func<bool> more)
    {
        const int Longest = 500;
        Expression left = operand();
        for (int length = 0; more(); length++)
        {
            if (length > Longest)
            {
                throw reader.Fault($"more than {Longest} operators of one kind in a row");
            }

            Token sign = reader.Take();
            left = new Expression.Binary(sign.Line, sign.Text, left, operand());
        }

        return left;
    }

    private Expression ParseUnary(bool filters)
    {
        Expression value;
        int line = reader.Current.Line;
        if (reader.AtSign("-") || reader.AtSign("+"))
        {
            string sign = reader.Take().Text;
            Deepen();
            value = new Expression.Unary(line, sign, ParseUnary(filters: false));
            _depth--;
        }
        else
        {
            value = ParsePrimary();
        }

        value = ParsePostfix(value);
        return filters ? ParseFilterExpression(value) : value;
    }

    private Expression ParsePrimary()
    {
        Token token = reader.Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                reader.Take();
                return token.Text switch
                {
                    "true" or "True" => new Expression.Constant(token.Line, true),
                    "false" or "False" => new Expression.Constant(token.Line, false),
                    "none" or "None" => new Expression.Constant(token.Line, null),
                    _ => new Expression.Variable(token.Line, token.Text),
                };
            case TokenKind.Text:
                List<string> parts = [];
                while (reader.Current.Kind == TokenKind.Text)
                {
                    parts.Add(reader.Take().Text);
                }

                return new Expression.Constant(token.Line, string.Concat(parts));
            case TokenKind.Integer:
                reader.Take();
                return new Expression.Constant(token.Line, ParseInteger(token.Text));
            case TokenKind.Float:
                reader.Take();
                return new Expression.Constant(token.Line, double.Parse(token.Text, CultureInfo.InvariantCulture));
            case TokenKind.Sign when token.Text == "(":
                reader.Take();
                Expression inner = ParseTuple(() => Parse(), explicitly: true, endName: null);
                reader.ExpectSign(")");
                return inner;
            case TokenKind.Sign when token.Text == "[":
                return ParseList();
            case TokenKind.Sign when token.Text == "{":
                return ParseDict();
            default:
                throw reader.Fault($"unexpected '{token.Shown}'");
        }
    }

    private static BigInteger ParseInteger(string text)
    {
        if (text.Length < 3 || char.IsAsciiDigit(text[1]))
        {
            return BigInteger.Parse(text, CultureInfo.InvariantCulture);
        }

        int radix = char.ToLowerInvariant(text[1]) switch { 'x' => 16, 'o' => 8, _ => 2 };
        return text.Skip(2).Aggregate(BigInteger.Zero, (value, digit) => (value * radix) + int.Parse(digit.ToString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
    }

    private Expression ParseTuple(Func<Expression> item, bool explicitly, string? endName)
    {
        int line = reader.Current.Line;
        ImmutableArray<Expression>.Builder items = ImmutableArray.CreateBuilder<Expression>();
        bool isTuple = false;
        while (true)
        {
            if (items.Count > 0)
            {
                if (!reader.TakeSign(","))
                {
                    break;
                }

                isTuple = true;
            }

            if (reader.Current.Kind is TokenKind.PrintEnd or TokenKind.TagEnd || reader.AtSign(")") || (endName is not null && reader.AtName(endName)))
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
            : throw reader.Fault($"Expected an expression, got '{reader.Current.Shown}'");
    }

    private Expression.ListOf ParseList()
    {
        int line = reader.Take().Line;
        ImmutableArray<Expression>.Builder items = ImmutableArray.CreateBuilder<Expression>();
        while (!reader.AtSign("]"))
        {
            if (items.Count > 0)
            {
                reader.ExpectSign(",");
                if (reader.AtSign("]"))
                {
                    break;
                }
            }

            items.Add(Parse());
        }

        reader.ExpectSign("]");
        return new Expression.ListOf(line, items.ToImmutable());
    }

    private Expression.DictOf ParseDict()
    {
        int line = reader.Take().Line;
        ImmutableArray<(Expression, Expression)>.Builder items = ImmutableArray.CreateBuilder<(Expression, Expression)>();
        while (!reader.AtSign("}"))
        {
            if (items.Count > 0)
            {
                reader.ExpectSign(",");
                if (reader.AtSign("}"))
                {
                    break;
                }
            }

            Expression key = Parse();
            reader.ExpectSign(":");
            items.Add((key, Parse()));
        }

        reader.ExpectSign("}");
        return new Expression.DictOf(line, items.ToImmutable());
    }

    private Expression ParsePostfix(Expression value)
    {
        for (int length = 0; ; length++)
        {
            if (length > Deepest)
            {
                throw reader.Fault($"more than {Deepest} attributes and calls in a row");
            }

            if (reader.AtSign(".") || reader.AtSign("["))
            {
                value = ParseSubscript(value);
            }
            else if (reader.AtSign("("))
            {
                value = new Expression.Call(reader.Current.Line, value, ParseArguments());
            }
            else
            {
                return value;
            }
        }
    }

    private Expression ParseFilterExpression(Expression value)
    {
        for (int length = 0; ; length++)
        {
            if (length > Deepest)
            {
                throw reader.Fault($"more than {Deepest} filters and tests in a row");
            }

            if (reader.TakeSign("|"))
            {
                (int line, string name) = ParseDottedName();
                value = new Expression.Filter(line, value, name, reader.AtSign("(") ? ParseArguments() : CallArguments.None);
            }
            else if (reader.AtName("is"))
            {
                value = ParseTest(value);
            }
            else if (reader.AtSign("("))
            {
                value = new Expression.Call(reader.Current.Line, value, ParseArguments());
            }
            else
            {
                return value;
            }
        }
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
                TokenKind.Integer => new Expression.Item(line, owner, new Expression.Constant(line, ParseInteger(name.Text))),
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
            start = Parse();
            if (!reader.AtSign(":"))
            {
                return start;
            }
        }

        reader.Take();
        Expression? stop = EndsKey() || reader.AtSign(":") ? null : Parse();
        Expression? step = reader.TakeSign(":") && !EndsKey() ? Parse() : null;
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
            arguments = ParseArguments();
        }
        else if (BeginsArgument())
        {
            if (reader.AtName("is"))
            {
                throw reader.Fault("You cannot chain multiple tests with is");
            }

            arguments = CallArguments.None with { Positional = [ParsePostfix(ParsePrimary())] };
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

    private CallArguments ParseArguments()
    {
        reader.ExpectSign("(");
        ImmutableArray<Expression>.Builder positional = ImmutableArray.CreateBuilder<Expression>();
        ImmutableArray<(string, Expression)>.Builder named = ImmutableArray.CreateBuilder<(string, Expression)>();
        Expression? unpacked = null;
        Expression? unpackedNamed = null;
        bool first = true;
        while (!reader.AtSign(")"))
        {
            if (!first)
            {
                reader.ExpectSign(",");
                if (reader.AtSign(")"))
                {
                    break;
                }
            }

            first = false;
            if (reader.TakeSign("*"))
            {
                unpacked = unpacked is null && unpackedNamed is null ? Parse() : throw InvalidCall();
            }
            else if (reader.TakeSign("**"))
            {
                unpackedNamed = unpackedNamed is null ? Parse() : throw InvalidCall();
            }
            else if (reader.Current.Kind == TokenKind.Name && reader.NextIsSign("="))
            {
                string name = reader.Take().Text;
                reader.Take();
                named.Add((name, unpackedNamed is null ? Parse() : throw InvalidCall()));
            }
            else
            {
                positional.Add(unpacked is null && unpackedNamed is null && named.Count == 0 ? Parse() : throw InvalidCall());
            }
        }

        reader.ExpectSign(")");
        return new CallArguments(positional.ToImmutable(), named.ToImmutable(), unpacked, unpackedNamed);
    }

    private Expression CheckTarget(Expression target) => target switch
    {
        Expression.Variable => target,
        Expression.TupleOf tuple when tuple.Items.All(item => item is Expression.Variable) => target,
        _ => throw reader.Fault("can't assign to this"),
    };

    private void Deepen()
    {
        if (++_depth > Deepest)
        {
            throw reader.Fault($"expressions nested more than {Deepest} deep");
        }
    }

    private TemplateFault InvalidCall() => reader.Fault("invalid syntax for function call expression");
}
