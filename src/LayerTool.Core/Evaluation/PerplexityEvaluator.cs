using System.Collections.Immutable;
using System.Diagnostics;
using LayerTool.Evaluation.Likelihood;
using LayerTool.Faults;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Progress;

namespace LayerTool.Evaluation;

/// <summary>Perplexity of plans.</summary>
public static class PerplexityEvaluator
{
    /// <summary>Measures a plan on a text; parameters as for several.</summary>
    /// <exception cref="LayerToolException">The loss is not finite.</exception>
    public static PerplexityResult Evaluate(
        Decoder decoder,
        LayerPlan plan,
        PerplexityText text,
        int? batchSize = null,
        IProgress<Step>? progress = null,
        CancellationToken cancellation = default) =>
        Evaluate(decoder, [plan], text, batchSize, progress, cancellation)[0];

    /// <summary>Measures plans on a text; slots that they share from the beginning on are computed once.</summary>
    /// <param name="decoder">The model.</param>
    /// <param name="plans">What is played.</param>
    /// <param name="text">The windows.</param>
    /// <param name="batchSize">Windows that run side by side; null for as many as make a full batch.</param>
    /// <param name="progress">Told in front of each slot and after each batch, in tokens; or null.</param>
    /// <param name="cancellation">Checked in front of each slot.</param>
    /// <returns>One result a plan; each has the time of all.</returns>
    /// <exception cref="LayerToolException">A loss is not finite.</exception>
    public static ImmutableArray<PerplexityResult> Evaluate(
        Decoder decoder,
        IReadOnlyList<LayerPlan> plans,
        PerplexityText text,
        int? batchSize = null,
        IProgress<Step>? progress = null,
        CancellationToken cancellation = default)
    {
        long started = Stopwatch.GetTimestamp();
        double[][] losses = WindowLosses.Of(decoder, plans, text.Windows, batchSize, $"perplexity of {text.Name}", progress, cancellation);
        foreach (double[] ofPlan in losses)
        {
            int failed = Array.FindIndex(ofPlan, loss => !double.IsFinite(loss));
            if (failed >= 0)
            {
                throw new LayerToolException(
                    $"the loss of window {failed} of `{text.Name}` is not finite: NaN or infinite activations",
                    "`layertool score` names the layer where they begin; a wider type (`--dtype float32`) may avoid them");
            }
        }

        TimeSpan duration = Stopwatch.GetElapsedTime(started);
        return [.. losses.Select(ofPlan => new PerplexityResult(text, [.. ofPlan], duration))];
    }
}
