using LayerTool.Models;
using LayerTool.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Benchmarks;

/// <summary>
/// Cached greedy decode, of one text and of eight, against two baselines of the same run: recomputing the whole prefix for each
/// token, and a plain matrix-vector product over the same weights.
/// </summary>
internal static class DecodeBenchmark
{
    private const int Prefix = 256;
    private const int Steps = 16;
    private const int Rounds = 7;
    private const int Batch = 8;

    /// <summary>Measures in one type.</summary>
    /// <param name="folder">The checkpoint.</param>
    /// <param name="dtype">The type to compute in.</param>
    public static void Run(string folder, ComputeDtype dtype)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        using MeasuredModel model = MeasuredModel.Open(folder, dtype);
        Tensor prefix = model.Tokens(1, Prefix);
        using Continuation one = new(model, 1), eight = new(model, Batch);

        double[] times = Timing.Interleaved(
            Rounds,
            one.Decode,
            eight.Decode,
            timed => timed(() => model.Decoder.Forward(model.Plan, prefix, lastOnly: true).Dispose()),
            timed => timed(() => Products(model, 1)),
            timed => timed(() => Products(model, Batch)));
        double single = Steps / times[0], batch = Batch * Steps / times[1], whole = 1 / times[2], gemv = Steps / times[3], bare = Batch * Steps / times[4];
        Console.WriteLine($"decode, {model.Name}, {dtype}, after {Prefix} tokens (median of {Rounds} interleaved rounds)");
        Console.WriteLine($"  batch 1              {single,8:F1} tokens/s");
        Console.WriteLine($"  batch {Batch}              {batch,8:F1} tokens/s   {batch / single:F2} times batch 1 (wanted: 4; its bare products alone allow {bare / single:F2})");
        Console.WriteLine($"  whole prefix anew    {whole,8:F1} tokens/s   batch 1 is {single / whole:F2} times as fast (wanted: 5)");
        Console.WriteLine($"  plain GEMV           {gemv,8:F1} tokens/s   batch 1 reaches {single / gemv:P0} of it (wanted: 70 %)");
    }

    private static void Products(MeasuredModel model, int rows)
    {
        for (int step = 0; step < Steps; step++)
        {
            model.EveryProduct(rows, 1);
            model.HeadProduct(rows);
        }
    }

    /// <summary>Texts that are gone on with; each round begins where the prefix ends.</summary>
    private sealed class Continuation(MeasuredModel model, int rows) : IDisposable
    {
        private readonly Tensor _prefix = model.Tokens(rows, Prefix).DetachFromDisposeScope();
        private readonly Tensor _token = model.Tokens(rows, 1).DetachFromDisposeScope();

        public void Decode(Action<Action> timed)
        {
            using KvCache cache = new(Prefix + Steps);
            model.Decoder.Forward(model.Plan, _prefix, cache: cache, lastOnly: true).Dispose();
            timed(() =>
            {
                for (int step = 0; step < Steps; step++)
                {
                    using DisposeScope scope = NewDisposeScope();
                    model.Decoder.Forward(model.Plan, _token, cache: cache, lastOnly: true).argmax(-1).cpu();
                }
            });
        }

        public void Dispose()
        {
            _prefix.Dispose();
            _token.Dispose();
        }
    }
}
