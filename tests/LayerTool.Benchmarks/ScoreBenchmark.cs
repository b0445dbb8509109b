using System.Collections.Immutable;
using LayerTool.Data;
using LayerTool.Models;
using LayerTool.Scoring;
using LayerTool.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Benchmarks;

/// <summary>Scoring every layer against a plain forward of the same tokens.</summary>
internal static class ScoreBenchmark
{
    private const int Rows = 2;
    private const int Length = 512;
    private const int Rounds = 5;

    public static void Run(string folder)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        using MeasuredModel model = MeasuredModel.Open(folder, ComputeDtype.Float32);
        Decoder decoder = model.Decoder;
        Random random = new(1);
        ImmutableArray<ImmutableArray<int>> rows =
            [.. Enumerable.Range(0, Rows).Select(_ => Enumerable.Range(0, Length).Select(_ => random.Next(decoder.Config.VocabSize)).ToImmutableArray())];
        CalibrationSet calibration = CalibrationSet.FromRows("random", rows, new CalibrationLimits(), decoder.Config);
        Tensor batch = tensor(rows.SelectMany(row => row).Select(id => (long)id).ToArray(), [Rows, Length], dtype: ScalarType.Int64);
        double[] times = Timing.Interleaved(
            Rounds,
            timed => timed(() => decoder.HiddenState(model.Plan, batch).Dispose()),
            timed => timed(() => LayerScores.Measure(decoder, model.Plan, calibration, null, CancellationToken.None)));
        Console.WriteLine($"scoring, {model.Name}, {Rows} x {Length} tokens, float32 (median of {Rounds} interleaved rounds)");
        Console.WriteLine($"  score                {times[1],8:F2} s   {times[1] / times[0]:F2} times a plain forward without its head (wanted: at most 1.15)");
        Console.WriteLine($"  plain forward        {times[0],8:F2} s");
    }
}
