using System.Collections.Immutable;

namespace LayerTool.Architectures;

/// <summary>LongRoPE's divisors of the frequencies, one for each pair. Equal where the numbers are.</summary>
/// <param name="Short">Up to the original context length.</param>
/// <param name="Long">Beyond it.</param>
public sealed record RopeFactors(ImmutableArray<double> Short, ImmutableArray<double> Long)
{
    /// <inheritdoc />
    public bool Equals(RopeFactors? other) => other is not null && Short.SequenceEqual(other.Short) && Long.SequenceEqual(other.Long);

    /// <inheritdoc />
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (double factor in Short.Concat(Long))
        {
            hash.Add(factor);
        }

        return hash.ToHashCode();
    }
}
