using System.Collections.Immutable;
using System.Globalization;
using LayerTool.Data;
using LayerTool.Evaluation;
using LayerTool.Evaluation.Likelihood;
using LayerTool.Faults;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Progress;

namespace LayerTool.Scoring;

/// <summary>
/// Drops one unit after the other, in a given order, and measures the loss on the calibration text after each, until it leaves
/// a limit.
/// </summary>
/// <param name="Points">The plan as it is, then one point a drop; the last one may be beyond the limit.</param>
/// <param name="Dropped">Units that were dropped within the limit, in order.</param>
/// <param name="Limit">The largest relative increase of the loss.</param>
/// <param name="StopReason">Why no more were dropped, as a sentence.</param>
public sealed record DropCurve(ImmutableArray<DropPoint> Points, ImmutableArray<DropUnit> Dropped, double Limit, string StopReason)
{
    /// <summary>Draws the curve.</summary>
    /// <param name="decoder">The model.</param>
    /// <param name="plan">The plan that was scored.</param>
    /// <param name="order">Units, first to be dropped first.</param>
    /// <param name="calibration">The text whose loss decides.</param>
    /// <param name="limit">Largest relative increase of the loss: 0.02 is 2 %.</param>
    /// <param name="progress">Told after each batch; or null.</param>
    /// <param name="cancellation">Checked in front of each batch.</param>
    /// <exception cref="LayerToolException">There is nothing to drop or to predict, or the loss of the plan as it is is not finite.</exception>
    public static DropCurve Draw(
        Decoder decoder,
        LayerPlan plan,
        ImmutableArray<DropUnit> order,
        CalibrationSet calibration,
        double limit,
        IProgress<Step>? progress = null,
        CancellationToken cancellation = default)
    {
        TokenWindow[] windows =
        [
            .. calibration.Sequences.Where(sequence => sequence.Length > 1).Select(sequence => new TokenWindow(sequence.AsMemory(), sequence.Length - 1)),
        ];
        if (windows.Length == 0 || order.IsEmpty)
        {
            throw new LayerToolException(order.IsEmpty ? "the plan has nothing of that kind to drop" : $"{calibration.Name} has no token to predict",
                order.IsEmpty ? "drop another kind: `--attn`, `--mlp`, `--blocks` or `--joint`" : "give a longer text with `--calib FILE`");
        }

        double Loss(LayerPlan edited, string phase) =>
            WindowLosses.Of(decoder, [edited], windows, null, phase, progress, cancellation)[0].Sum() / windows.Sum(window => (double)window.Predicted);

        double whole = Loss(plan, "loss before");
        if (!double.IsFinite(whole))
        {
            throw new LayerToolException($"the loss on {calibration.Name} is not finite before anything is dropped", "compute in a wider type with `--dtype float32`");
        }

        List<DropPoint> points = [new DropPoint(0, null, whole, 0, IsKept: true)];
        foreach (DropUnit unit in order)
        {
            int count = points.Count;
            double loss = Loss(plan.Drop(order.AsSpan()[..count].ToArray()), $"loss without {count}");
            double increase = (loss / whole) - 1;
            bool isKept = increase <= limit; // false for NaN too
            points.Add(new DropPoint(count, unit, loss, increase, isKept));
            if (!isKept)
            {
                break;
            }
        }

        ImmutableArray<DropUnit> dropped = order[..points.Count(point => point.IsKept && point.Count > 0)];
        return new DropCurve([.. points], dropped, limit, Reason(points[^1], limit));
    }

    private static string Reason(DropPoint last, double limit) => last.IsKept
        ? string.Create(CultureInfo.InvariantCulture, $"stopped because nothing of that kind is left; the loss is within the {limit * 100:0.##} % allowed")
        : string.Create(
            CultureInfo.InvariantCulture,
            $"stopped because dropping {last.Unit} as well would change the loss by {last.Increase * 100:+0.00;-0.00} %, and {limit * 100:0.##} % is allowed");
}
