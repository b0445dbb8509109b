using System.Collections.Immutable;
using System.Globalization;
using LayerTool.Plans;

namespace LayerTool.Tests.Plans;

/// <summary>
/// The rule for the canonical form, written down as it reads and as slowly as it reads: a second opinion on the printer.
/// </summary>
internal static class CanonicalFormByTheBook
{
    public static string Print(LayerPlan plan) => plan.Steps.IsEmpty ? "none" : string.Join(", ", Stages(plan.Steps));

    /// <summary>The smallest p with s[start..start+p) = s[start+p..start+2p); 0 where there is none.</summary>
    public static int ShortestPeriod<T>(IReadOnlyList<T> steps, int start) =>
        Enumerable.Range(1, (steps.Count - start) / 2)
            .FirstOrDefault(period => Enumerable.Range(start, period).All(index => Equals(steps[index], steps[index + period])));

    private static List<string> Stages(ImmutableArray<PlanStep> steps)
    {
        List<string> stages = [];
        int start = 0;
        while (start < steps.Length)
        {
            int period = ShortestPeriod(steps, start);
            if (period > 0)
            {
                ImmutableArray<PlanStep> body = steps.Slice(start, period);
                int times = 1;
                while (start + ((times + 1) * period) <= steps.Length && steps.Slice(start + (times * period), period).SequenceEqual(body))
                {
                    times++;
                }

                stages.Add($"({string.Join(", ", Stages(body))})x{times}");
                start += times * period;
            }
            else if (steps[start] is ParallelGroup group)
            {
                stages.Add($"[{string.Join('|', group.Members.Select(Member))}]");
                start++;
            }
            else
            {
                int up = RangeLength(steps, start, 1);
                int down = RangeLength(steps, start, -1);
                int length = Math.Max(up, down);
                stages.Add(Range((LayerSlot)steps[start], (LayerSlot)steps[start + length - 1]));
                start += length;
            }
        }

        return stages;
    }

    private static string Member(ImmutableArray<PlanStep> steps)
    {
        List<string> stages = Stages(steps);
        return stages.Count == 1 && stages[0][0] != '[' ? stages[0] : $"({string.Join(", ", stages)})";
    }

    private static int RangeLength(ImmutableArray<PlanStep> steps, int start, int direction)
    {
        int length = 1;
        while (start + length < steps.Length
            && ShortestPeriod(steps, start + length) == 0
            && steps[start + length] is LayerSlot next
            && next == (LayerSlot)steps[start] with { Layer = ((LayerSlot)steps[start]).Layer + (direction * length) })
        {
            length++;
        }

        return length;
    }

    private static string Range(LayerSlot first, LayerSlot last)
    {
        string source = first.Source == "main" ? "" : first.Source + ":";
        string range = first.Layer == last.Layer ? $"{first.Layer}" : $"{first.Layer}-{last.Layer}";
        string gains = (first.AttentionGain, first.MlpGain) switch
        {
            (1, 1) => "",
            (0, 1) => ".mlp",
            (1, 0) => ".attn",
            (0, double mlp) => ".mlp*" + Number(mlp),
            (double attention, 0) => ".attn*" + Number(attention),
            (double attention, double mlp) when attention == mlp => "*" + Number(attention),
            (double attention, double mlp) => $"*{Number(attention)}/{Number(mlp)}",
        };
        return source + range + gains + (first.Adapter is null ? "" : "+" + first.Adapter);
    }

    private static string Number(double gain) =>
        gain.ToString(CultureInfo.InvariantCulture).Replace("E-0", "e-", StringComparison.Ordinal).Replace("E-", "e-", StringComparison.Ordinal).Replace("E+", "e", StringComparison.Ordinal);
}
