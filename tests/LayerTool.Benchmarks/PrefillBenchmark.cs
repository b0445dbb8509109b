using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Benchmarks;

/// <summary>A forward pass over many tokens against the bare products that it contains: every linear map, and attention.</summary>
internal static class PrefillBenchmark
{
    private const int Rows = 8;
    private const int Length = 512;
    private const int Rounds = 5;

    /// <summary>Measures in one type.</summary>
    /// <param name="model">The checkpoint.</param>
    /// <param name="dtype">The type to compute in.</param>
    public static void Run(string model, ComputeDtype dtype)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        using Decoder decoder = Decoder.Open(new CheckpointSet(Checkpoint.Open(model)), new ComputeSettings(Dtype: dtype));
        LayerPlan plan = LayerPlan.Identity(decoder.Config.LayerCount);
        Tensor ids = randint(0, decoder.Config.VocabSize, [Rows, Length], dtype: ScalarType.Int64);
        decoder.HiddenState(plan, ids).Dispose(); // loads the weights
        List<double> wholeTimes = [], bareTimes = [];
        for (int round = 0; round < Rounds; round++)
        {
            wholeTimes.Add(Timing.Once(() => decoder.HiddenState(plan, ids).Dispose()));
            bareTimes.Add(Timing.Once(() => EveryProduct(decoder)));
        }

        double whole = Timing.Median(wholeTimes), bare = Timing.Median(bareTimes);
        Console.WriteLine($"prefill, {Path.GetFileName(model)}, {Rows} x {Length} tokens without the head, {dtype} (median of {Rounds} interleaved rounds)");
        Console.WriteLine($"  whole                {Rows * Length / whole,8:F0} tokens/s");
        Console.WriteLine($"  bare products        {Rows * Length / bare,8:F0} tokens/s   whole reaches {bare / whole:P0} of it{(dtype == ComputeDtype.Float32 ? " (wanted: 70 %)" : "")}");
    }

    private static void EveryProduct(Decoder decoder)
    {
        ModelConfig config = decoder.Config;
        foreach (Tensor weight in decoder.LoadedWeights(LayerPlan.Main).Values)
        {
            if (weight.dim() == 2 && weight.size(0) != config.VocabSize)
            {
                using DisposeScope scope = NewDisposeScope();
                nn.functional.linear(ones([Rows, Length, weight.size(1)], dtype: decoder.Dtype), weight);
            }
        }

        for (int layer = 0; layer < config.LayerCount; layer++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor heads = ones([Rows, config.AttentionHeads, Length, config.HeadDim], dtype: decoder.Dtype);
            nn.functional.scaled_dot_product_attention(heads, heads, heads, null!, 0, true);
        }
    }
}
