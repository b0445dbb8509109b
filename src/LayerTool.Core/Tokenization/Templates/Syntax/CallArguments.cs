using System.Collections.Immutable;

namespace LayerTool.Tokenization.Templates.Syntax;

/// <summary>What a call passes.</summary>
internal sealed record CallArguments(
    ImmutableArray<Expression> Positional, ImmutableArray<(string Name, Expression Value)> Named, Expression? Unpacked, Expression? UnpackedNamed)
{
    public static readonly CallArguments None = new([], [], null, null);
}
