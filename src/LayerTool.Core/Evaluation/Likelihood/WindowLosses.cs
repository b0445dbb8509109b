using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Progress;

namespace LayerTool.Evaluation.Likelihood;

/// <summary>Negative log-likelihood of the predicted tokens of windows, in nats.</summary>
public static class WindowLosses
{
    /// <summary>For each plan the sum over each window's predicted tokens, in the order of the windows.</summary>
    /// <param name="decoder">The model.</param>
    /// <param name="plans">What is played.</param>
    /// <param name="windows">The windows.</param>
    /// <param name="batchSize">Windows in a batch; null for as many as make a full one.</param>
    /// <param name="phase">Name of the work, for progress.</param>
    /// <param name="progress">Told in front of each slot and after each batch, in tokens; or null.</param>
    /// <param name="cancellation">Checked in front of each slot.</param>
    public static double[][] Of(
        Decoder decoder,
        IReadOnlyList<LayerPlan> plans,
        IReadOnlyList<TokenWindow> windows,
        int? batchSize = null,
        string phase = "evaluating",
        IProgress<Step>? progress = null,
        CancellationToken cancellation = default)
    {
        double[][] losses = [.. plans.Select(_ => new double[windows.Count])];
        LikelihoodEngine engine = new(decoder, plans, new LikelihoodSettings { BatchSize = batchSize });
        engine.Score(
            windows,
            (window, answers) =>
            {
                for (int plan = 0; plan < losses.Length; plan++)
                {
                    losses[plan][window] = -answers[plan].LogLikelihood;
                }
            },
            phase,
            progress,
            cancellation);
        return losses;
    }
}
