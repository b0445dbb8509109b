using System.Collections.Immutable;
using LayerTool.Faults;
using LayerTool.Plans;

namespace LayerTool.Scoring;

/// <summary>In which order scores drop things: the lowest first. A set of n is always part of the set of n + 1.</summary>
public static class DropOrder
{
    /// <summary>Every unit of a kind, first to be dropped first. Ties: attention before MLP, then the deeper layer.</summary>
    public static ImmutableArray<DropUnit> Of(LayerScores scores, DropKind kind)
    {
        IEnumerable<DropUnit> units = kind switch
        {
            DropKind.Attention => Attention(scores),
            DropKind.Mlp => Mlp(scores),
            DropKind.Block => scores.Layers.Where(layer => layer.Attention is not null || layer.Mlp is not null).Select(layer => new DropUnit(DropKind.Block, layer.Layer, layer.Block)),
            DropKind.Joint => Attention(scores).Concat(Mlp(scores)),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        return [.. units.OrderBy(unit => unit.Score).ThenBy(unit => unit.Kind).ThenByDescending(unit => unit.Layer)];
    }

    /// <summary>The <paramref name="count"/> lowest.</summary>
    /// <exception cref="LayerToolException">There are not that many.</exception>
    public static ImmutableArray<DropUnit> Lowest(LayerScores scores, DropKind kind, int count)
    {
        ImmutableArray<DropUnit> order = Of(scores, kind);
        if (count >= 0 && count <= order.Length)
        {
            return order[..count];
        }

        int layers = scores.Layers.Length;
        string has = kind switch
        {
            DropKind.Joint => $"{layers} layers with {order.Length} sublayers",
            DropKind.Block => order.Length == layers ? $"{layers}" : $"{layers}, of which {order.Length} do something",
            _ => order.Length == layers ? $"{layers}" : $"{layers} layers ({order.Length} with {Noun(kind)} still present)",
        };
        throw new LayerToolException($"cannot drop {count} {Noun(kind)}: the model has {has}", "ask for fewer; `layertool score MODEL` lists them from the least important");
    }

    /// <summary>Checks, before anything is scored, that a plan has so many units.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="halves">The halves of a slot that run.</param>
    /// <param name="kind">What is dropped.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="LayerToolException">It has not.</exception>
    public static void CheckCount(LayerPlan plan, Func<LayerSlot, LayerHalves> halves, DropKind kind, int count)
    {
        double? Unscored(LayerSlot slot, LayerHalves half) => halves(slot).HasFlag(half) ? 0 : null;

        LayerScores unscored = new([.. plan.Slots.Select((slot, index) => new LayerScore(index, Unscored(slot, LayerHalves.Attention), Unscored(slot, LayerHalves.Mlp), 0))], 0);
        Lowest(unscored, kind, count);
    }

    private static string Noun(DropKind kind) => kind switch
    {
        DropKind.Attention => "attention sublayers",
        DropKind.Mlp => "MLP sublayers",
        DropKind.Block => "layers",
        _ => "sublayers",
    };

    private static IEnumerable<DropUnit> Attention(LayerScores scores) =>
        scores.Layers.Where(layer => layer.Attention is not null).Select(layer => new DropUnit(DropKind.Attention, layer.Layer, layer.Attention!.Value));

    private static IEnumerable<DropUnit> Mlp(LayerScores scores) =>
        scores.Layers.Where(layer => layer.Mlp is not null).Select(layer => new DropUnit(DropKind.Mlp, layer.Layer, layer.Mlp!.Value));
}
