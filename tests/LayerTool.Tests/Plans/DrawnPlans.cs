using System.Collections.Immutable;
using CsCheck;
using LayerTool.Plans;

namespace LayerTool.Tests.Plans;

/// <summary>Plans of every kind, for properties: few layers and names, so that ranges and repeats come up often.</summary>
internal static class DrawnPlans
{
    private static readonly Gen<double> Gain = Gen.Frequency(
        (6, Gen.Const(1d)),
        (1, OneOf(0.5, 0.1, 2d, 1e-5, 1e300, 0.30000000000000004)),
        (1, Gen.Double[0, 4]));

    private static readonly Gen<(double Attention, double Mlp)> Gains = Gen.Frequency(
        (6, Gen.Const((1d, 1d))),
        (1, Gain.Select(gain => (gain == 0 ? 1 : gain, 0d))),
        (1, Gain.Select(gain => (0d, gain == 0 ? 1 : gain))),
        (1, Gen.Select(Gain, Gain).Select((attention, mlp) => attention == 0 && mlp == 0 ? (1d, 1d) : (attention, mlp))));

    private static readonly Gen<string> Source = Gen.Frequency((5, Gen.Const(LayerPlan.Main)), (1, OneOf("base", "x2", "none", "_a-b")));

    private static readonly Gen<string?> Adapter = Gen.Frequency((6, Gen.Const((string?)null)), (1, OneOf<string?>("lora", "x2")));

    private static readonly Gen<LayerSlot> Slot = Gen.Select(Source, Gen.Int[0, 4], Gains, Adapter).Select((source, layer, gains, adapter) =>
        new LayerSlot(source, layer, gains.Attention, gains.Mlp, adapter));

    /// <summary>A plan with nested parallel groups, other sources, gains, adapters, ranges and repeats; may be empty.</summary>
    public static readonly Gen<LayerPlan> Any = Gen.Select(Steps(depth: 2), Source, Source).Select((steps, embedding, head) =>
        new LayerPlan(steps) { EmbeddingSource = embedding, HeadSource = head });

    /// <summary>A plan whose embedding and head are the main source's: all that the notation shows.</summary>
    public static readonly Gen<LayerPlan> Notated = Steps(depth: 2).Select(steps => new LayerPlan(steps));

    private static Gen<ImmutableArray<PlanStep>> Steps(int depth) => Gen.Frequency(
        (3, Stretch(depth).Array[0, 5].Select(stretches => stretches.SelectMany(stretch => stretch).ToImmutableArray())),
        (1, OneOf(0, 1, 3).Array[0, 24].Select(layers => layers.Select(PlanStep (layer) => new LayerSlot(LayerPlan.Main, layer)).ToImmutableArray())));

    // A stretch of a plan: one step, a range up or down, or a few steps played several times.
    private static Gen<ImmutableArray<PlanStep>> Stretch(int depth)
    {
        Gen<PlanStep> step = depth == 0 ? Slot.Select(PlanStep (slot) => slot) : Gen.Frequency((5, Slot.Select(PlanStep (slot) => slot)), (1, Group(depth)));
        Gen<ImmutableArray<PlanStep>> range = Gen.Select(Slot, Gen.Int[1, 5], Gen.Bool).Select((first, length, up) =>
            Enumerable.Range(0, length)
                .Select(PlanStep (index) => first with { Layer = up ? first.Layer + index : first.Layer + length - index })
                .ToImmutableArray());
        return Gen.Frequency(
            (3, step.Select(one => ImmutableArray.Create(one))),
            (2, range),
            (2, Gen.Select(step.Array[1, 3], Gen.Int[2, 4]).Select((steps, times) => Enumerable.Repeat(steps, times).SelectMany(one => one).ToImmutableArray())));
    }

    private static Gen<PlanStep> Group(int depth) => Steps(depth - 1)
        .Where(steps => !steps.IsEmpty)
        .Array[2, 3]
        .Select(PlanStep (members) => new ParallelGroup([.. members]));

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);
}
