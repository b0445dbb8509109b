using System.Collections.Immutable;
using LayerTool.Faults;

namespace LayerTool.Plans;

/// <summary>
/// The text form of a plan, for the command line and for messages:
/// <code>
/// plan    := stage ("," stage)*  |  "none"
/// stage   := item | "[" item ("|" item)+ "]"                members read the same input, their updates are added
/// item    := group part? gain? times? adapter?
/// group   := (source ":")? range | "(" plan ")"
/// range   := N | N "-" M                                    M may be below N: descending order
/// part    := ".attn" | ".mlp"                               only this sublayer runs
/// gain    := "*" NUMBER ("/" NUMBER)?                       factor on the updates: both, or attention's / MLP's
/// times   := "x" K
/// adapter := "+" name
/// </code>
/// White space is free. Embedding and head source are not part of the text.
/// </summary>
public static class PlanNotation
{
    /// <summary>The text of the empty plan.</summary>
    internal const string Empty = "none";

    /// <summary>Reads a plan; embedding and head come from <see cref="LayerPlan.Main"/>.</summary>
    /// <param name="text">The notation, canonical or not.</param>
    /// <exception cref="LayerToolException">The text is no plan, or more than 65,536 slots; the position counts from 1.</exception>
    public static LayerPlan Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.AsSpan().Trim() is Empty ? new LayerPlan([]) : new LayerPlan(new PlanParser(text).Parse().Expand());
    }

    /// <summary>Writes a plan's canonical text: equal steps give the same text, different steps different ones.</summary>
    /// <param name="plan">Any plan; its embedding and head source are not shown.</param>
    public static string Print(LayerPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return Print(plan.Steps);
    }

    /// <summary>Writes the canonical text of steps, as <see cref="Print(LayerPlan)"/> writes those of a plan.</summary>
    /// <param name="steps">The steps, first played first.</param>
    public static string Print(ImmutableArray<PlanStep> steps) => steps.IsEmpty ? Empty : PlanPrinter.Print(steps);
}
