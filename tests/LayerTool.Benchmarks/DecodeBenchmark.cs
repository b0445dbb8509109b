using LayerTool.Checkpoints;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Benchmarks;

/// <summary>
/// Cached greedy decode against two baselines of the same run: recomputing the whole prefix for each token, and a plain
/// matrix-vector product over the same weights.
/// </summary>
internal static class DecodeBenchmark
{
    private const int Prefix = 256;
    private const int Steps = 16;
    private const int Rounds = 7;

    /// <summary>Measures in one type.</summary>
    /// <param name="model">The checkpoint.</param>
    /// <param name="dtype">The type to compute in.</param>
    public static void Run(string model, ComputeDtype dtype)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        using Decoder decoder = Decoder.Open(new CheckpointSet(Checkpoint.Open(model)), new ComputeSettings(Dtype: dtype));
        LayerPlan plan = LayerPlan.Identity(decoder.Config.LayerCount);
        Tensor prefix = randint(0, decoder.Config.VocabSize, [1, Prefix], dtype: ScalarType.Int64);
        Tensor token = randint(0, decoder.Config.VocabSize, [1, 1], dtype: ScalarType.Int64);
        decoder.Forward(plan, prefix, lastOnly: true).Dispose(); // loads the weights

        List<double> cachedTimes = [], wholeTimes = [], gemvTimes = [];
        for (int round = 0; round < Rounds; round++)
        {
            using KvCache cache = new();
            decoder.Forward(plan, prefix, cache: cache, lastOnly: true).Dispose();
            cachedTimes.Add(Timing.Once(() =>
            {
                for (int step = 0; step < Steps; step++)
                {
                    using DisposeScope stepScope = NewDisposeScope();
                    decoder.Forward(plan, token, cache: cache, lastOnly: true).argmax(-1).item<long>();
                }
            }) / Steps);
            wholeTimes.Add(Timing.Once(() => decoder.Forward(plan, prefix, lastOnly: true).Dispose()));
            gemvTimes.Add(Timing.Once(() =>
            {
                for (int step = 0; step < Steps; step++)
                {
                    EveryProduct(decoder);
                }
            }) / Steps);
        }

        double cached = Timing.Median(cachedTimes), whole = Timing.Median(wholeTimes), gemv = Timing.Median(gemvTimes);
        Console.WriteLine($"decode, {Path.GetFileName(model)}, batch 1, {dtype}, after {Prefix} tokens (median of {Rounds} interleaved rounds)");
        Console.WriteLine($"  cached               {1 / cached,8:F1} tokens/s");
        Console.WriteLine($"  whole prefix anew    {1 / whole,8:F1} tokens/s   cached is {whole / cached:F2} times as fast (wanted: 5)");
        Console.WriteLine($"  plain GEMV           {1 / gemv,8:F1} tokens/s   cached reaches {gemv / cached:P0} of it (wanted: 70 %)");
    }

    /// <summary>One product with each matrix that a token needs, and nothing else.</summary>
    private static void EveryProduct(Decoder decoder)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (Tensor weight in decoder.LoadedWeights(LayerPlan.Main).Values)
        {
            if (weight.dim() == 2)
            {
                nn.functional.linear(ones([1, 1, weight.size(1)], dtype: decoder.Dtype), weight);
            }
        }
    }
}
