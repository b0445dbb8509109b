using System.Globalization;
using LayerTool.Checkpoints;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Benchmarks;

/// <summary>The most memory that a run holds, against what it cannot do without: weights, KV cache, and one slot's states.</summary>
internal static class MemoryBenchmark
{
    private const int Rows = 8;
    private const int Length = 512;
    private const string ReturnsFreed = "MALLOC_MMAP_THRESHOLD_"; // of glibc: blocks from this size on go back to the system when they are freed

    /// <summary>Runs itself as a child for each case, since a process never tells what it has held since then.</summary>
    public static void Run(string folder)
    {
        Console.WriteLine($"memory, {Path.GetFileName(folder)}, {Rows} x {Length} tokens with a KV cache; against weights, cache and one slot's states (wanted: at most 1.1 times)");
        foreach (string? threshold in (string?[])[null, "1048576"])
        {
            Environment.SetEnvironmentVariable(ReturnsFreed, threshold);
            Console.WriteLine(threshold is null ? "  as it is, with the holes that the C library's allocator keeps" : $"  with {ReturnsFreed}={threshold}: without them");
            RunCases(folder);
        }

        Environment.SetEnvironmentVariable(ReturnsFreed, null);
    }

    private static void RunCases(string folder)
    {
        foreach (ComputeDtype dtype in (ComputeDtype[])[ComputeDtype.Float32, ComputeDtype.BFloat16])
        {
            foreach (bool offload in (bool[])[false, true])
            {
                Console.Write(MeasuredProcess.Run("dotnet", Path.Combine(AppContext.BaseDirectory, "LayerTool.Benchmarks.dll"), "memory", folder, dtype.ToString(), offload.ToString()).Output);
            }
        }
    }

    /// <summary>The child: one case, one line.</summary>
    /// <param name="folder">The checkpoint.</param>
    /// <param name="dtype">The type to compute in.</param>
    /// <param name="offload">Whether weights are held one slot at a time.</param>
    public static void RunHere(string folder, ComputeDtype dtype, bool offload)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        using Decoder decoder = Decoder.Open(new CheckpointSet(Checkpoint.Open(folder)), new ComputeSettings(Dtype: dtype, Offload: offload));
        LayerPlan plan = LayerPlan.Identity(decoder.Config.LayerCount);
        Tensor ids = randint(0, decoder.Config.VocabSize, [Rows, Length], dtype: ScalarType.Int64);
        nn.functional.linear(ones([1024, 1024]), ones([1024, 1024])).Dispose(); // what libtorch itself takes at its first product
        long before = Status("VmRSS"), anonymousBefore = Status("RssAnon");
        using KvCache cache = new(Length);
        MostHeld most = new(decoder);
        decoder.Forward(plan, ids, cache: cache, observer: most, lastOnly: true).Dispose();
        most.Look();

        long held = Status("VmHWM") - before, weights = most.WeightBytes;
        long states = RunMemory.States(decoder.Config, Rows, Length, decoder.Dtype.ElementSize());
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"    {dtype,-9}{(offload ? "offloaded" : "held"),-10} {held / 1e6,8:F0} MB   {(double)held / (weights + cache.Bytes + states):F2} times {weights / 1e6:F0} + {cache.Bytes / 1e6:F0} + {states / 1e6:F0} MB; {(most.AnonymousBytes - anonymousBefore) / 1e6:F0} MB beside mapped files"));
    }

    private static long Status(string field) => 1024 * long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(field + ":", StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    private sealed class MostHeld(Decoder decoder) : IActivationObserver
    {
        public long AnonymousBytes { get; private set; }

        public long WeightBytes { get; private set; }

        public void Look()
        {
            AnonymousBytes = Math.Max(AnonymousBytes, Status("RssAnon"));
            WeightBytes = Math.Max(WeightBytes, decoder.LoadedWeights(LayerPlan.Main).Values.Sum(weight => weight.numel() * weight.ElementSize));
        }

        public Tensor? Observe(ActivationSite site, Tensor state)
        {
            Look();
            return null;
        }
    }
}
