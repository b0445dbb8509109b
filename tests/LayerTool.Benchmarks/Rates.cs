using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Benchmarks;

/// <summary>What the machine itself can do, in the same run: absolute figures mean something only beside these.</summary>
internal static class Rates
{
    public static void Print()
    {
        Console.WriteLine($"machine: {Environment.ProcessorCount} processors, torch uses {get_num_threads()} threads");
        foreach (ScalarType dtype in (ScalarType[])[ScalarType.Float32, ScalarType.BFloat16])
        {
            Console.WriteLine($"  linear [512 x 1024] x [1024 x 1024] {dtype}: {Linear(dtype):F0} GFLOP/s");
        }

        Console.WriteLine($"  GEMV [4096 x 4096] float32: {Gemv():F1} GB/s");
        Console.WriteLine($"  copy of 256 MB: {Copy():F1} GB/s");
    }

    private static double Linear(ScalarType dtype)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        Tensor input = randn([512, 1024]).to(dtype);
        Tensor weight = randn([1024, 1024]).to(dtype);
        double seconds = Timing.Best(10, () => nn.functional.linear(input, weight).Dispose());
        return 2.0 * 512 * 1024 * 1024 / seconds / 1e9;
    }

    private static double Gemv()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        Tensor input = randn([1, 4096]);
        Tensor[] weights = [.. Enumerable.Range(0, 8).Select(_ => randn([4096, 4096]))]; // 512 MB: no cache holds it
        double seconds = Timing.Best(5, () =>
        {
            foreach (Tensor weight in weights)
            {
                nn.functional.linear(input, weight).Dispose();
            }
        });
        return 8 * 4096.0 * 4096 * 4 / seconds / 1e9;
    }

    private static double Copy()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor from = ones([64 << 20]);
        Tensor to = zeros([64 << 20]);
        double seconds = Timing.Best(5, () => to.copy_(from));
        return 2 * 256e6 * 1.048576 / seconds / 1e9;
    }
}
