using System.Collections.Immutable;
using System.Globalization;
using LayerTool.Checkpoints;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Stress;

/// <summary>Many drawn plans run by one decoder: neither live tensors nor the process's memory may grow with their number.</summary>
internal static class SoakRun
{
    private const int Tokens = 32;
    private const double AllowedGrowth = 0.05;

    /// <summary>Runs the plans and prints live tensors and resident memory after a tenth of them and at the end.</summary>
    /// <returns>Whether both stayed.</returns>
    public static bool Run(string model, int count, int seed, TextWriter output)
    {
        using Decoder decoder = Decoder.Open(new CheckpointSet(Checkpoint.Open(model)), new ComputeSettings());
        Random random = new(seed);
        (long tensors, long bytes) = (0, 0);
        for (int number = 1; number <= count; number++)
        {
            Play(decoder, Drawn(decoder.Config.LayerCount, random), random);
            if (number == Math.Max(1, count / 10))
            {
                (tensors, bytes) = (Tensor.TotalCount, Resident());
            }
        }

        Play(decoder, LayerPlan.Identity(decoder.Config.LayerCount), random);
        (long tensorsAtEnd, long bytesAtEnd) = (Tensor.TotalCount, Resident());
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{count} plans: live tensors {tensors} after a tenth, {tensorsAtEnd} at the end; resident {bytes / 1e6:0.0} MB and {bytesAtEnd / 1e6:0.0} MB"));
        return tensorsAtEnd <= tensors && bytesAtEnd <= bytes * (1 + AllowedGrowth);
    }

    private static void Play(Decoder decoder, LayerPlan plan, Random random)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] ids = [.. Enumerable.Range(0, Tokens).Select(_ => random.NextInt64(decoder.Config.VocabSize))];
        decoder.Forward(plan, tensor(ids, [1, Tokens]), lastOnly: true);
    }

    /// <summary>Up to twice as many slots as there are layers, with halves, gains that no other plan has, and parallel groups.</summary>
    private static LayerPlan Drawn(int layers, Random random)
    {
        ImmutableArray<PlanStep>.Builder steps = ImmutableArray.CreateBuilder<PlanStep>();
        for (int left = random.Next(1, 2 * layers); left > 0; left--)
        {
            steps.Add(random.Next(6) == 0 ? new ParallelGroup([[Slot(layers, random)], [Slot(layers, random)]]) : Slot(layers, random));
        }

        return new LayerPlan(steps.ToImmutable());
    }

    private static LayerSlot Slot(int layers, Random random) => random.Next(4) switch
    {
        0 => new LayerSlot(LayerPlan.Main, random.Next(layers), AttentionGain: 0),
        1 => new LayerSlot(LayerPlan.Main, random.Next(layers), MlpGain: random.NextDouble()),
        _ => new LayerSlot(LayerPlan.Main, random.Next(layers)),
    };

    private static long Resident()
    {
        GC.Collect();
        return Environment.WorkingSet;
    }
}
