using System.Collections.Immutable;
using LayerTool.Tokenization.Unicode;

namespace LayerTool.Tokenization.Patterns;

/// <summary>A parsed pattern. Each kind says how few characters it can match.</summary>
internal abstract record PatternNode
{
    public abstract long MinimumLength { get; }

    /// <summary>One character out of a set.</summary>
    public sealed record One(CodePointSet Set) : PatternNode
    {
        public override long MinimumLength => 1;
    }

    /// <summary>One after another.</summary>
    public sealed record Sequence(ImmutableArray<PatternNode> Items) : PatternNode
    {
        public override long MinimumLength => Items.Sum(item => item.MinimumLength);
    }

    /// <summary>The first that leads to a match.</summary>
    public sealed record Alternation(ImmutableArray<PatternNode> Items) : PatternNode
    {
        public override long MinimumLength => Items.Min(item => item.MinimumLength);
    }

    /// <summary>A repetition; <paramref name="Maximum"/> null is without end.</summary>
    public sealed record Repeat(PatternNode Body, int Minimum, int? Maximum, RepeatKind Kind) : PatternNode
    {
        public override long MinimumLength => Body.MinimumLength * Minimum;
    }

    /// <summary>What must follow, or must not, without being taken.</summary>
    public sealed record Lookahead(PatternNode Body, bool Negative) : PatternNode
    {
        public override long MinimumLength => 0;
    }
}
