using System.Diagnostics;
using LayerTool.Faults;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Progress;

namespace LayerTool.Evaluation;

/// <summary>Perplexity of plans.</summary>
public static class PerplexityEvaluator
{
    /// <summary>Measures a plan on a text.</summary>
    /// <param name="decoder">The model.</param>
    /// <param name="plan">What is played.</param>
    /// <param name="text">The windows.</param>
    /// <param name="batchSize">Windows that run side by side; null for as many as make a full batch.</param>
    /// <param name="progress">Told after each batch, in tokens; or null.</param>
    /// <param name="cancellation">Checked in front of each batch.</param>
    /// <exception cref="LayerToolException">The loss is not finite.</exception>
    public static PerplexityResult Evaluate(
        Decoder decoder,
        LayerPlan plan,
        PerplexityText text,
        int? batchSize = null,
        IProgress<Step>? progress = null,
        CancellationToken cancellation = default)
    {
        long started = Stopwatch.GetTimestamp();
        double[] losses = WindowLoss.Sums(decoder, plan, text.Windows, batchSize, $"perplexity of {text.Name}", progress, cancellation);
        int failed = Array.FindIndex(losses, loss => !double.IsFinite(loss));
        return failed < 0
            ? new PerplexityResult(text, [.. losses], Stopwatch.GetElapsedTime(started))
            : throw new LayerToolException(
                $"the loss of window {failed} of `{text.Name}` is not finite: NaN or infinite activations",
                "`layertool score` names the layer where they begin; a wider type (`--dtype float32`) may avoid them");
    }
}
