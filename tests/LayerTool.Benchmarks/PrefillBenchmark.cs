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
    /// <param name="folder">The checkpoint.</param>
    /// <param name="dtype">The type to compute in.</param>
    public static void Run(string folder, ComputeDtype dtype)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        using MeasuredModel model = MeasuredModel.Open(folder, dtype);
        Tensor ids = model.Tokens(Rows, Length);
        double[] times = Timing.Interleaved(
            Rounds,
            timed => timed(() => model.Decoder.HiddenState(model.Plan, ids).Dispose()),
            timed => timed(() => model.EveryProduct(Rows, Length)));
        Console.WriteLine($"prefill, {model.Name}, {Rows} x {Length} tokens without the head, {dtype} (median of {Rounds} interleaved rounds)");
        Console.WriteLine($"  whole                {Rows * Length / times[0],8:F0} tokens/s");
        Console.WriteLine($"  bare products        {Rows * Length / times[1],8:F0} tokens/s   whole reaches {times[1] / times[0]:P0} of it (wanted: {Wanted(dtype)})");
    }

    private static string Wanted(ComputeDtype dtype) => dtype == ComputeDtype.Float32
        ? "75 %"
        : ProcessorFeatures.Current.HasBFloat16Matrices ? "70 %" : "nothing, without instructions for it";
}
