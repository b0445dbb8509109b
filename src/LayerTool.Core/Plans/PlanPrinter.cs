using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace LayerTool.Plans;

/// <summary>
/// Writes the canonical text: from the left, where something repeats at once, the shortest period as often as it repeats; between
/// such repeats the longest ranges. Inside brackets the same.
/// </summary>
internal static class PlanPrinter
{
    public static string Print(ImmutableArray<PlanStep> steps)
    {
        StringBuilder text = new();
        WriteStages(text, Stages(steps));
        return text.ToString();
    }

    /// <summary>Steps [Start, Start + Length), played Times times; a range where Times is 1.</summary>
    private readonly record struct Stage(ImmutableArray<PlanStep> Steps, int Start, int Length, int Times)
    {
        public PlanStep First => Steps[Start];

        public PlanStep Last => Steps[Start + Length - 1];

        /// <summary>Whether the text is one item, as a member of a parallel group must be.</summary>
        public bool IsItem => Times > 1 || First is LayerSlot;
    }

    private static List<Stage> Stages(ImmutableArray<PlanStep> steps)
    {
        int[] periods = RepeatFinder.ShortestPeriods(Symbols(steps));
        List<Stage> stages = [];
        int start = 0;
        while (start < steps.Length)
        {
            Stage stage = periods[start] > 0 ? RepeatAt(steps, start, periods[start]) : RangeAt(steps, start, periods);
            stages.Add(stage);
            start += stage.Length * stage.Times;
        }

        return stages;
    }

    private static Stage RepeatAt(ImmutableArray<PlanStep> steps, int start, int period)
    {
        int end = start + period;
        while (end < steps.Length && steps[end].Equals(steps[end - period]))
        {
            end++;
        }

        return new Stage(steps, start, period, (end - start) / period);
    }

    private static Stage RangeAt(ImmutableArray<PlanStep> steps, int start, int[] periods)
    {
        int end = start + 1;
        int direction = 0;
        while (end < steps.Length && periods[end] == 0 && steps[end - 1] is LayerSlot before && steps[end] is LayerSlot slot)
        {
            int move = slot.Layer - before.Layer;
            if (move is not (1 or -1) || (direction != 0 && move != direction) || slot with { Layer = before.Layer } != before)
            {
                break;
            }

            direction = move;
            end++;
        }

        return new Stage(steps, start, end - start, 1);
    }

    private static void WriteStages(StringBuilder text, List<Stage> stages)
    {
        for (int index = 0; index < stages.Count; index++)
        {
            text.Append(index == 0 ? "" : ", ");
            WriteStage(text, stages[index]);
        }
    }

    private static void WriteStage(StringBuilder text, Stage stage)
    {
        if (stage.Times > 1)
        {
            text.Append('(');
            WriteStages(text, Stages(stage.Steps.Slice(stage.Start, stage.Length)));
            text.Append(CultureInfo.InvariantCulture, $")x{stage.Times}");
        }
        else if (stage.First is ParallelGroup group)
        {
            WriteGroup(text, group);
        }
        else
        {
            WriteRange(text, (LayerSlot)stage.First, (LayerSlot)stage.Last);
        }
    }

    private static void WriteGroup(StringBuilder text, ParallelGroup group)
    {
        char separator = '[';
        foreach (ImmutableArray<PlanStep> member in group.Members)
        {
            text.Append(separator);
            separator = '|';
            List<Stage> stages = Stages(member);
            if (stages is [{ IsItem: true }])
            {
                WriteStages(text, stages);
                continue;
            }

            text.Append('(');
            WriteStages(text, stages);
            text.Append(')');
        }

        text.Append(']');
    }

    private static void WriteRange(StringBuilder text, LayerSlot first, LayerSlot last)
    {
        if (first.Source != LayerPlan.Main)
        {
            text.Append(first.Source).Append(':');
        }

        text.Append(CultureInfo.InvariantCulture, $"{first.Layer}");
        if (last.Layer != first.Layer)
        {
            text.Append(CultureInfo.InvariantCulture, $"-{last.Layer}");
        }

        WriteGains(text, first);
        if (first.Adapter is not null)
        {
            text.Append('+').Append(first.Adapter);
        }
    }

    // A half that is off is shown as a part, so that its gain of 0 and the part are one text.
    private static void WriteGains(StringBuilder text, LayerSlot slot)
    {
        text.Append(slot switch { { HasAttention: false } => ".mlp", { HasMlp: false } => ".attn", _ => "" });
        double attention = slot.HasAttention ? slot.AttentionGain : slot.MlpGain;
        double mlp = slot.HasMlp ? slot.MlpGain : slot.AttentionGain;
        if (attention != mlp)
        {
            text.Append('*').Append(Number(attention)).Append('/').Append(Number(mlp));
        }
        else if (attention != 1)
        {
            text.Append('*').Append(Number(attention));
        }
    }

    // Shortest round trip, 1E-05 as 1e-5.
    private static string Number(double gain)
    {
        string digits = gain.ToString("R", CultureInfo.InvariantCulture);
        int exponent = digits.IndexOf('E', StringComparison.Ordinal);
        return exponent < 0
            ? digits
            : $"{digits[..exponent]}e{int.Parse(digits.AsSpan(exponent + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)}";
    }

    // Equal steps get equal numbers, so that what follows compares numbers only.
    private static int[] Symbols(ImmutableArray<PlanStep> steps)
    {
        Dictionary<PlanStep, int> known = [];
        int[] symbols = new int[steps.Length];
        for (int index = 0; index < steps.Length; index++)
        {
            known.TryAdd(steps[index], known.Count);
            symbols[index] = known[steps[index]];
        }

        return symbols;
    }
}
