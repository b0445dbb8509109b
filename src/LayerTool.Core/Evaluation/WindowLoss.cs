using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Progress;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Evaluation;

/// <summary>
/// Negative log-likelihood of the predicted tokens of windows, in nats. Logits are made for a few rows at a time and reduced at
/// once, so that memory does not grow with vocabulary times text.
/// </summary>
public static class WindowLoss
{
    // Logits in the compute type, in float32 and as log-probabilities together.
    private const long LogitBytes = 256L << 20;
    private const long LogitElementBytes = 12;

    /// <summary>The sum over each window's predicted tokens, in the order of the windows.</summary>
    /// <param name="decoder">The model.</param>
    /// <param name="plan">What is played.</param>
    /// <param name="windows">Each goes through the model alone; they are run longest first, several in a batch.</param>
    /// <param name="batchSize">Windows in a batch; null for as many as make a full one.</param>
    /// <param name="phase">Name of the work, for progress.</param>
    /// <param name="progress">Told in front of each slot and after each batch, in tokens; or null.</param>
    /// <param name="cancellation">Checked in front of each slot.</param>
    public static double[] Sums(
        Decoder decoder,
        LayerPlan plan,
        IReadOnlyList<TokenWindow> windows,
        int? batchSize = null,
        string phase = "evaluating",
        IProgress<Step>? progress = null,
        CancellationToken cancellation = default)
    {
        double[] sums = new double[windows.Count];
        long total = windows.Sum(window => (long)window.InputLength);
        long done = 0;
        int slots = Math.Max(1, plan.Slots.Count());
        foreach (WindowBatch batch in WindowBatch.Cut(decoder, windows, batchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            long before = done;
            SlotWatch watch = new(cancellation, slot => progress?.Report(new Step(phase, before + (batch.Tokens * slot / slots), total, "tokens")));
            double[] losses = TokenLosses(decoder, plan, batch, watch, cancellation);
            int position = 0;
            for (int member = 0; member < batch.Indices.Length; member++)
            {
                for (int end = position + batch.Predicted(member); position < end; position++)
                {
                    sums[batch.Indices[member]] += losses[position];
                }
            }

            done += batch.Tokens;
            progress?.Report(new Step(phase, done, total, "tokens"));
        }

        return sums;
    }

    // One value a predicted token, window after window.
    private static double[] TokenLosses(Decoder decoder, LayerPlan plan, WindowBatch batch, SlotWatch watch, CancellationToken cancellation)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        Tensor state = decoder.HiddenState(plan, batch.Ids(), observer: watch).flatten(0, 1); // [B · T, H]
        double[] losses = new double[batch.Rows.Length];
        int chunk = (int)Math.Clamp(LogitBytes / (LogitElementBytes * decoder.Config.VocabSize), 1, int.MaxValue);
        for (int start = 0; start < losses.Length; start += chunk)
        {
            cancellation.ThrowIfCancellationRequested();
            using DisposeScope pass = NewDisposeScope();
            int length = Math.Min(chunk, losses.Length - start);
            Tensor scored = state.index_select(0, tensor(batch.Rows[start..(start + length)], device: decoder.Device));
            Tensor wanted = tensor(batch.Targets[start..(start + length)], device: decoder.Device);
            Tensor logits = decoder.Head(plan, scored.unsqueeze(0)).squeeze(0).to(ScalarType.Float32); // [rows, V]
            Tensor loss = nn.functional.nll_loss(nn.functional.log_softmax(logits, -1), wanted, reduction: nn.Reduction.None);
            loss.to(ScalarType.Float64).cpu().data<double>().CopyTo(losses, start);
        }

        return losses;
    }
}
