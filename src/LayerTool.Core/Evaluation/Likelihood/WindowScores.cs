using LayerTool.Models;
using LayerTool.Plans;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Evaluation.Likelihood;

/// <summary>Takes log-likelihoods out of states, a few rows of logits at a time.</summary>
/// <param name="decoder">The model.</param>
/// <param name="inModelDtype">Whether log-probabilities are taken in the model's own type.</param>
internal sealed class WindowScores(Decoder decoder, bool inModelDtype)
{
    // Logits in the compute type, in float32 and what is made of them together.
    private const long LogitBytes = 256L << 20;
    private const long LogitElementBytes = 12;

    private int RowsAtOnce => (int)Math.Clamp(LogitBytes / (LogitElementBytes * decoder.Config.VocabSize), 1, int.MaxValue);

    /// <summary>Logits that are in memory together.</summary>
    public long LogitsAtOnce(ScoredRows rows) => (long)Math.Min(rows.Rows.Length, RowsAtOnce) * decoder.Config.VocabSize;

    /// <summary>The answer of each window of a batch.</summary>
    /// <param name="plan">Whose norm and head are used.</param>
    /// <param name="state">[B, T, H].</param>
    /// <param name="rows">What is looked up.</param>
    /// <param name="take">Given the window's index in the batch and its answer.</param>
    /// <param name="cancellation">Checked in front of each piece.</param>
    public void Take(LayerPlan plan, Tensor state, ScoredRows rows, Action<int, LikelihoodAnswer> take, CancellationToken cancellation)
    {
        double[] sums = new double[rows.Windows.Length];
        bool[] greedy = new bool[rows.Windows.Length];
        Array.Fill(greedy, true);
        using DisposeScope scope = NewDisposeScope();
        Tensor flat = state.flatten(0, 1);
        ILookup<int, (int Window, int Row, int Target)> pieces = rows.Lookups.ToLookup(lookup => lookup.Row / RowsAtOnce);
        foreach (IGrouping<int, (int Window, int Row, int Target)> piece in pieces)
        {
            cancellation.ThrowIfCancellationRequested();
            int start = piece.Key * RowsAtOnce;
            long[] places = rows.Rows[start..Math.Min(rows.Rows.Length, start + RowsAtOnce)];
            (int Window, int Row, int Target)[] lookups = [.. piece];
            (double[] values, long[] best) = Look(plan, flat, places, [.. lookups.Select(lookup => (lookup.Row - start, lookup.Target))]);
            for (int index = 0; index < lookups.Length; index++)
            {
                sums[lookups[index].Window] += values[index];
                greedy[lookups[index].Window] &= best[lookups[index].Row - start] == lookups[index].Target;
            }
        }

        for (int window = 0; window < sums.Length; window++)
        {
            take(window, new LikelihoodAnswer(inModelDtype ? InModelDtype(sums[window]) : sums[window], greedy[window]));
        }
    }

    // The log-probability of each (row, id), and each row's likeliest id.
    private (double[] Values, long[] Best) Look(LayerPlan plan, Tensor flat, long[] places, (int Row, int Target)[] lookups)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = decoder.Head(plan, flat.index_select(0, tensor(places, device: decoder.Device)).unsqueeze(0)).squeeze(0); // [rows, V]
        Tensor best = logits.argmax(-1);
        if (!inModelDtype)
        {
            logits = logits.to(ScalarType.Float32);
        }

        long width = logits.size(1);
        Tensor wanted = tensor([.. lookups.Select(lookup => (lookup.Row * width) + lookup.Target)], dtype: ScalarType.Int64, device: decoder.Device);
        Tensor values = nn.functional.log_softmax(logits, -1).flatten().take(wanted);
        return ([.. values.to(ScalarType.Float64).cpu().data<double>()], [.. best.cpu().data<long>()]);
    }

    // The harness adds the values up in that type too, and it shows: in bfloat16 sums are multiples of powers of two.
    private double InModelDtype(double sum)
    {
        using DisposeScope scope = NewDisposeScope();
        return tensor(sum, dtype: ScalarType.Float32).to(decoder.Dtype).to(ScalarType.Float64).item<double>();
    }
}
