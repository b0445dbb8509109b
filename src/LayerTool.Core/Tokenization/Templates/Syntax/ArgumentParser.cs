using System.Collections.Immutable;

namespace LayerTool.Tokenization.Templates.Syntax;

/// <summary>Reads the arguments of calls, filters and tests.</summary>
internal sealed class ArgumentParser(TokenReader reader, ExpressionParser expressions)
{
    /// <summary>Everything from the opening to the closing parenthesis.</summary>
    public CallArguments Parse()
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
                unpacked = unpacked is null && unpackedNamed is null ? expressions.Parse() : throw InvalidCall();
            }
            else if (reader.TakeSign("**"))
            {
                unpackedNamed = unpackedNamed is null ? expressions.Parse() : throw InvalidCall();
            }
            else if (reader.Current.Kind == TokenKind.Name && reader.NextIsSign("="))
            {
                string name = reader.Take().Text;
                reader.Take();
                named.Add((name, unpackedNamed is null ? expressions.Parse() : throw InvalidCall()));
            }
            else
            {
                positional.Add(unpacked is null && unpackedNamed is null && named.Count == 0 ? expressions.Parse() : throw InvalidCall());
            }
        }

        reader.ExpectSign(")");
        return new CallArguments(positional.ToImmutable(), named.ToImmutable(), unpacked, unpackedNamed);
    }

    private TemplateFault InvalidCall() => reader.Fault("invalid syntax for function call expression");
}
