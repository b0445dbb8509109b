using LayerTool.Faults;
using LayerTool.Models;
using LayerTool.Progress;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Evaluation;

/// <summary>Runs two plans over the same windows and compares what they predict, and their states on the way.</summary>
public static class PlanComparer
{
    // Of both sides: logits in the compute type and in float32, and log-probabilities; and the terms of the divergence.
    private const long LogitBytes = 256L << 20;
    private const long LogitElementBytes = 32;

    /// <summary>Compares two plans.</summary>
    /// <param name="left">One side, which the divergence starts from.</param>
    /// <param name="right">The other side.</param>
    /// <param name="pairs">Slots whose states are compared.</param>
    /// <param name="text">The windows.</param>
    /// <param name="batchSize">Windows that run side by side; null for as many as make a full batch.</param>
    /// <param name="progress">Told in front of each slot, in tokens of both sides; or null.</param>
    /// <param name="cancellation">Checked in front of each slot.</param>
    /// <exception cref="LayerToolException">The vocabularies differ in size, or a loss is not finite.</exception>
    public static PlanComparison Compare(
        ComparedPlan left,
        ComparedPlan right,
        IReadOnlyList<SlotPair> pairs,
        PerplexityText text,
        int? batchSize = null,
        IProgress<Step>? progress = null,
        CancellationToken cancellation = default)
    {
        if (left.Decoder.Config.VocabSize != right.Decoder.Config.VocabSize)
        {
            throw new LayerToolException(
                $"the vocabularies have {left.Decoder.Config.VocabSize} and {right.Decoder.Config.VocabSize} tokens",
                "two models can be compared where they predict the same tokens; `eval` gives the perplexity of each");
        }

        long total = 2 * text.Windows.Sum(window => (long)window.InputLength);
        long done = 0;
        Sums sums = new(pairs.Count);
        foreach (WindowBatch batch in WindowBatch.Cut(left.Decoder, text.Windows, batchSize))
        {
            IActivationObserver Watch(ComparedPlan side)
            {
                long before = done;
                int slots = Math.Max(1, side.Plan.Slots.Count());
                done += batch.Tokens;
                return new SlotWatch(
                    cancellation, slot => progress?.Report(new Step($"comparing on {text.Name}", before + (batch.Tokens * slot / slots), total, "tokens")));
            }

            Add(sums, left, right, pairs, batch, Watch, cancellation);
        }

        progress?.Report(new Step($"comparing on {text.Name}", total, total, "tokens"));
        return sums.Mean(text.Name);
    }

    private static void Add(
        Sums sums,
        ComparedPlan left,
        ComparedPlan right,
        IReadOnlyList<SlotPair> pairs,
        WindowBatch batch,
        Func<ComparedPlan, IActivationObserver> watch,
        CancellationToken cancellation)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        Tensor rows = tensor(batch.Rows, device: left.Decoder.Device);
        Tensor targets = tensor(batch.Targets, device: left.Decoder.Device);
        using SlotStates states = new(rows, [.. pairs.Select(pair => pair.Left)], watch(left));
        Tensor leftState = left.Decoder.HiddenState(left.Plan, batch.Ids(), observer: states).flatten(0, 1).index_select(0, rows); // [N, H]
        SlotCosines cosines = new(rows, states, pairs, sums.Cosines, watch(right));
        Tensor rightState = right.Decoder.HiddenState(right.Plan, batch.Ids(), observer: cosines).flatten(0, 1).index_select(0, rows);
        int chunk = (int)Math.Clamp(LogitBytes / (LogitElementBytes * left.Decoder.Config.VocabSize), 1, int.MaxValue);
        for (int start = 0; start < batch.Rows.Length; start += chunk)
        {
            cancellation.ThrowIfCancellationRequested();
            using DisposeScope pass = NewDisposeScope();
            int length = Math.Min(chunk, batch.Rows.Length - start);
            Tensor ofLeft = LogProbabilities(left, leftState.narrow(0, start, length)); // [rows, V]
            Tensor ofRight = LogProbabilities(right, rightState.narrow(0, start, length));
            Tensor wanted = targets.narrow(0, start, length).unsqueeze(-1);
            sums.Tokens += length;
            sums.LeftLoss -= Total(ofLeft.gather(-1, wanted));
            sums.RightLoss -= Total(ofRight.gather(-1, wanted));
            sums.Divergence += Total(ofLeft.exp() * (ofLeft - ofRight));
            sums.Agreements += Total(ofLeft.argmax(-1) == ofRight.argmax(-1));
        }
    }

    private static Tensor LogProbabilities(ComparedPlan side, Tensor state)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = side.Decoder.Head(side.Plan, state.unsqueeze(0)).squeeze(0).to(ScalarType.Float32);
        return nn.functional.log_softmax(logits, -1).MoveToOuterDisposeScope();
    }

    private static double Total(Tensor values) => values.sum(ScalarType.Float64).item<double>();

    private sealed class Sums(int pairs)
    {
        public long Tokens { get; set; }

        public double LeftLoss { get; set; }

        public double RightLoss { get; set; }

        public double Divergence { get; set; }

        public double Agreements { get; set; }

        public double[] Cosines { get; } = new double[pairs];

        public PlanComparison Mean(string text) => double.IsFinite(LeftLoss) && double.IsFinite(RightLoss)
            ? new PlanComparison
            {
                Tokens = Tokens,
                LeftLoss = LeftLoss / Tokens,
                RightLoss = RightLoss / Tokens,
                Divergence = Divergence / Tokens,
                Agreement = Agreements / Tokens,
                Cosines = [.. Cosines.Select(cosine => cosine / Tokens)],
            }
            : throw new LayerToolException(
                $"the loss of the {(double.IsFinite(LeftLoss) ? "second" : "first")} model on `{text}` is not finite: NaN or infinite activations",
                "`layertool score` names the layer where they begin; a wider type (`--dtype float32`) may avoid them");
    }
}
