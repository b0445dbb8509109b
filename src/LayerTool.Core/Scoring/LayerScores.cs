using System.Collections.Immutable;
using LayerTool.Data;
using LayerTool.Faults;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Progress;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Scoring;

/// <summary>LLM-Drop's three scores of every layer, of one plain pass over a calibration set.</summary>
/// <param name="Layers">One entry a layer, in order.</param>
/// <param name="TokenCount">Tokens that the means are taken over.</param>
public sealed record LayerScores(ImmutableArray<LayerScore> Layers, long TokenCount)
{
    // Enough rows to keep the matrix products busy; more would only cost memory.
    private const int TokensOnCpu = 2048;
    private const int TokensOnDevice = 16384;

    /// <summary>Scores the slots of a plan. Memory does not grow with the number of tokens.</summary>
    /// <param name="decoder">The model.</param>
    /// <param name="plan">What is scored; for a checkpoint its identity plan.</param>
    /// <param name="calibration">What is run.</param>
    /// <param name="progress">Told after each batch, in tokens; or null.</param>
    /// <param name="cancellation">Checked in front of each slot.</param>
    /// <exception cref="LayerToolException">Activations are not finite; the message names the layer and the sublayer.</exception>
    public static LayerScores Measure(
        Decoder decoder, LayerPlan plan, CalibrationSet calibration, IProgress<Step>? progress = null, CancellationToken cancellation = default)
    {
        ImmutableArray<LayerSlot> slots = [.. plan.Slots];
        using ScoreObserver observer = new(slots.Length, decoder.Device, cancellation);
        long done = 0;
        foreach (ReadOnlyMemory<int>[] batch in Batches(calibration, decoder.Device.type == DeviceType.CPU ? TokensOnCpu : TokensOnDevice))
        {
            using (DisposeScope scope = NewDisposeScope())
            {
                decoder.HiddenState(plan, TokenBatch.Of(batch), observer: observer);
            }

            CheckFinite(observer, slots);
            done += batch.Sum(row => (long)row.Length);
            progress?.Report(new Step("scoring", done, calibration.TokenCount, "tokens"));
        }

        double[] sums = observer.ReadSums();
        return new LayerScores([.. slots.Select((slot, index) => Mean(decoder.Halves(slot), index, sums, done))], done);
    }

    // Rows of one length together, so that none is padded.
    private static IEnumerable<ReadOnlyMemory<int>[]> Batches(CalibrationSet calibration, int tokens) =>
        calibration.Sequences
            .GroupBy(sequence => sequence.Length)
            .SelectMany(group => group.Select(sequence => sequence.AsMemory()).Chunk(Math.Max(1, tokens / group.Key)));

    private static LayerScore Mean(LayerHalves halves, int index, double[] sums, long tokens) => new(
        index,
        halves.HasFlag(LayerHalves.Attention) ? sums[3 * index] / tokens : null,
        halves.HasFlag(LayerHalves.Mlp) ? sums[(3 * index) + 1] / tokens : null,
        sums[(3 * index) + 2] / tokens);

    private static void CheckFinite(ScoreObserver observer, ImmutableArray<LayerSlot> slots)
    {
        if (observer.EmbeddingFailed)
        {
            throw NotFinite("the embedding");
        }

        double[] sums = observer.ReadSums();
        for (int index = 0; index < slots.Length; index++)
        {
            LayerSlot slot = slots[index];
            string layer = slot.Source == LayerPlan.Main ? $"layer {slot.Layer}" : $"layer {slot.Layer} of `{slot.Source}`";
            if (!double.IsFinite(sums[3 * index]))
            {
                throw NotFinite($"the attention of {layer}");
            }

            if (!double.IsFinite(sums[(3 * index) + 1]) || !double.IsFinite(sums[(3 * index) + 2]))
            {
                throw NotFinite($"the MLP of {layer}");
            }
        }
    }

    private static LayerToolException NotFinite(string where) => new(
        $"{where} gives NaN or infinite activations, so that no score has a meaning",
        "look for NaN in its weights, or compute in a wider type with `--dtype float32`");
}
