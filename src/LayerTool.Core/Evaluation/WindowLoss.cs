using LayerTool.Architectures;
using LayerTool.Data;
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
    private const int TokensOnCpu = 2048;
    private const int TokensOnDevice = 16384;

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
        foreach (int[] batch in Batches(decoder, windows, batchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            TokenWindow[] members = [.. batch.Select(index => windows[index])];
            long before = done, inBatch = members.Sum(window => (long)window.InputLength);
            SlotWatch watch = new(cancellation, slot => progress?.Report(new Step(phase, before + (inBatch * slot / slots), total, "tokens")));
            double[] losses = TokenLosses(decoder, plan, members, watch, cancellation);
            int position = 0;
            foreach (int index in batch)
            {
                for (int end = position + windows[index].Predicted; position < end; position++)
                {
                    sums[index] += losses[position];
                }

                done += windows[index].InputLength;
            }

            progress?.Report(new Step(phase, done, total, "tokens"));
        }

        return sums;
    }

    // Longest first, so that the largest batch comes at the start: what does not fit is known at once.
    private static IEnumerable<int[]> Batches(Decoder decoder, IReadOnlyList<TokenWindow> windows, int? batchSize)
    {
        int tokens = decoder.Device.type == DeviceType.CPU ? TokensOnCpu : TokensOnDevice;
        bool lengthMatters = decoder.Config.Rope.Kind == RopeKind.Dynamic; // its frequencies follow the longest row
        List<int> batch = [];
        foreach (int index in Enumerable.Range(0, windows.Count).OrderByDescending(index => windows[index].InputLength))
        {
            int length = windows[index].InputLength;
            if (batch.Count > 0)
            {
                int longest = windows[batch[0]].InputLength;
                bool full = batch.Count >= (batchSize ?? Math.Max(1, tokens / longest));
                bool unlike = length < longest && (lengthMatters || length < longest * 3 / 4);
                if (full || unlike)
                {
                    yield return [.. batch];
                    batch.Clear();
                }
            }

            batch.Add(index);
        }

        if (batch.Count > 0)
        {
            yield return [.. batch];
        }
    }

    // One value a predicted token, window after window.
    private static double[] TokenLosses(Decoder decoder, LayerPlan plan, TokenWindow[] windows, SlotWatch watch, CancellationToken cancellation)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        Tensor ids = TokenBatch.Of([.. windows.Select(window => window.Ids[..^1])]);
        (long[] rows, long[] targets) = Predictions(windows, ids.size(1));
        Tensor state = decoder.HiddenState(plan, ids, observer: watch).flatten(0, 1); // [B · T, H]
        double[] losses = new double[rows.Length];
        int chunk = (int)Math.Clamp(LogitBytes / (LogitElementBytes * decoder.Config.VocabSize), 1, int.MaxValue);
        for (int start = 0; start < rows.Length; start += chunk)
        {
            cancellation.ThrowIfCancellationRequested();
            using DisposeScope pass = NewDisposeScope();
            int length = Math.Min(chunk, rows.Length - start);
            Tensor scored = state.index_select(0, tensor(rows[start..(start + length)], device: decoder.Device));
            Tensor wanted = tensor(targets[start..(start + length)], device: decoder.Device);
            Tensor logits = decoder.Head(plan, scored.unsqueeze(0)).squeeze(0).to(ScalarType.Float32); // [rows, V]
            Tensor loss = nn.functional.nll_loss(nn.functional.log_softmax(logits, -1), wanted, reduction: nn.Reduction.None);
            loss.to(ScalarType.Float64).cpu().data<double>().CopyTo(losses, start);
        }

        return losses;
    }

    // Of each window's last positions: the row in [B · T], and the id that follows.
    private static (long[] Rows, long[] Targets) Predictions(TokenWindow[] windows, long longest)
    {
        List<long> rows = [];
        List<long> targets = [];
        for (int index = 0; index < windows.Length; index++)
        {
            TokenWindow window = windows[index];
            for (int position = window.InputLength - window.Predicted; position < window.InputLength; position++)
            {
                rows.Add((index * longest) + position);
                targets.Add(window.Ids.Span[position + 1]);
            }
        }

        return ([.. rows], [.. targets]);
    }
}
