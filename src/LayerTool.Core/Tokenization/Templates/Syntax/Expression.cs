using System.Collections.Immutable;

namespace LayerTool.Tokenization.Templates.Syntax;

/// <summary>What has a value.</summary>
internal abstract record Expression(int Line) : Node(Line)
{
    public sealed record Constant(int Line, object? Value) : Expression(Line);

    public sealed record Variable(int Line, string Text) : Expression(Line);

    public sealed record ListOf(int Line, ImmutableArray<Expression> Items) : Expression(Line);

    public sealed record TupleOf(int Line, ImmutableArray<Expression> Items) : Expression(Line);

    public sealed record DictOf(int Line, ImmutableArray<(Expression Key, Expression Value)> Items) : Expression(Line);

    public sealed record Unary(int Line, string Sign, Expression Operand) : Expression(Line);

    public sealed record Binary(int Line, string Sign, Expression Left, Expression Right) : Expression(Line);

    public sealed record Compare(int Line, Expression First, ImmutableArray<(string Sign, Expression Operand)> Rest) : Expression(Line);

    public sealed record Concat(int Line, ImmutableArray<Expression> Items) : Expression(Line);

    public sealed record Condition(int Line, Expression Test, Expression Then, Expression? Else) : Expression(Line);

    public sealed record Attribute(int Line, Expression Owner, string Name) : Expression(Line);

    public sealed record Item(int Line, Expression Owner, Expression Key) : Expression(Line);

    public sealed record Slice(int Line, Expression? Start, Expression? Stop, Expression? Step) : Expression(Line);

    public sealed record Call(int Line, Expression Function, CallArguments Arguments) : Expression(Line);

    /// <summary>A filter; without an operand it takes the body of its block.</summary>
    public sealed record Filter(int Line, Expression? Operand, string Name, CallArguments Arguments) : Expression(Line);

    public sealed record IsTest(int Line, Expression Operand, string Name, CallArguments Arguments, bool Negated) : Expression(Line);
}
