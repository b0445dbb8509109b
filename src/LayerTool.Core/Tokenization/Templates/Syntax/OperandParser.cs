using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace LayerTool.Tokenization.Templates.Syntax;

/// <summary>Reads operands: names, constants, lists, dicts, and what stands in parentheses.</summary>
internal sealed class OperandParser(TokenReader reader, ExpressionParser expressions)
{
    /// <summary>One operand, without what stands behind it.</summary>
    public Expression Parse()
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
                Expression inner = expressions.ParseTuple(explicitly: true);
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

    /// <summary>A whole number in decimal, or with the prefix of another base.</summary>
    public static BigInteger ParseInteger(string text)
    {
        if (text.Length < 3 || char.IsAsciiDigit(text[1]))
        {
            return BigInteger.Parse(text, CultureInfo.InvariantCulture);
        }

        int radix = char.ToLowerInvariant(text[1]) switch { 'x' => 16, 'o' => 8, _ => 2 };
        return text.Skip(2).Aggregate(BigInteger.Zero, (value, digit) => (value * radix) + int.Parse(digit.ToString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
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

            items.Add(expressions.Parse());
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

            Expression key = expressions.Parse();
            reader.ExpectSign(":");
            items.Add((key, expressions.Parse()));
        }

        reader.ExpectSign("}");
        return new Expression.DictOf(line, items.ToImmutable());
    }
}
