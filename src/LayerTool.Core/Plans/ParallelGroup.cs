using System.Collections.Immutable;

namespace LayerTool.Plans;

/// <summary>
/// Members that read the same input and whose updates are added: y = x + Σ (member(x) − x). Each member is a list of steps
/// played one after another; the order of the members is part of the value.
/// </summary>
/// <param name="Members">Two or more members, none empty.</param>
public sealed record ParallelGroup(ImmutableArray<ImmutableArray<PlanStep>> Members) : PlanStep
{
    /// <summary>Equal where members and their order are equal.</summary>
    public bool Equals(ParallelGroup? other) =>
        other is not null
        && Members.Length == other.Members.Length
        && Members.Zip(other.Members).All(pair => pair.First.SequenceEqual(pair.Second));

    /// <inheritdoc />
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (ImmutableArray<PlanStep> member in Members)
        {
            hash.Add(member.Length);
            foreach (PlanStep step in member)
            {
                hash.Add(step);
            }
        }

        return hash.ToHashCode();
    }
}
