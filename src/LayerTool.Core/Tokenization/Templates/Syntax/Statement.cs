using System.Collections.Immutable;

namespace LayerTool.Tokenization.Templates.Syntax;

/// <summary>What is done.</summary>
internal abstract record Statement(int Line) : Node(Line)
{
    public sealed record Data(int Line, string Text) : Statement(Line);

    public sealed record Print(int Line, Expression Value) : Statement(Line);

    public sealed record If(int Line, ImmutableArray<(Expression Test, ImmutableArray<Statement> Body)> Branches, ImmutableArray<Statement> Else) : Statement(Line);

    public sealed record For(
        int Line, Expression Target, Expression Items, Expression? Test, bool Recursive, ImmutableArray<Statement> Body, ImmutableArray<Statement> Else) : Statement(Line);

    public sealed record Set(int Line, Expression Target, Expression Value) : Statement(Line);

    public sealed record SetBlock(int Line, Expression Target, Expression? Filter, ImmutableArray<Statement> Body) : Statement(Line);

    public sealed record Macro(int Line, string Name, ImmutableArray<(string Name, Expression? Default)> Parameters, ImmutableArray<Statement> Body) : Statement(Line);

    public sealed record CallBlock(int Line, Expression Call, Macro Caller) : Statement(Line);

    public sealed record FilterBlock(int Line, Expression Filter, ImmutableArray<Statement> Body) : Statement(Line);

    public sealed record With(int Line, ImmutableArray<(Expression Target, Expression Value)> Values, ImmutableArray<Statement> Body) : Statement(Line);

    public sealed record AutoEscape(int Line, Expression Enabled, ImmutableArray<Statement> Body) : Statement(Line);

    /// <summary>A body with names of its own: <c>generation</c>, <c>block</c>.</summary>
    public sealed record Region(int Line, bool SeesRootOnly, ImmutableArray<Statement> Body) : Statement(Line);

    public sealed record Break(int Line) : Statement(Line);

    public sealed record Continue(int Line) : Statement(Line);

    /// <summary>A tag that wants another template.</summary>
    public sealed record Load(int Line) : Statement(Line);
}
