using System.Collections.Immutable;
using LayerTool.Checkpoints;
using LayerTool.Data;
using LayerTool.Models;
using LayerTool.Plans;
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

    public static void Run(string model)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        using Decoder decoder = Decoder.Open(new CheckpointSet(Checkpoint.Open(model)), new ComputeSettings(Dtype: ComputeDtype.Float32));
        LayerPlan plan = LayerPlan.Identity(decoder.Config.LayerCount);
        Random random = new(1);
        ImmutableArray<ImmutableArray<int>> rows =
            [.. Enumerable.Range(0, Rows).Select(_ => Enumerable.Range(0, Length).Select(_ => random.Next(decoder.Config.VocabSize)).ToImmutableArray())];
        CalibrationSet calibration = CalibrationSet.FromRows("random", rows, new CalibrationLimits(), decoder.Config);
        Tensor batch = tensor(rows.SelectMany(row => row).Select(id => (long)id).ToArray(), [Rows, Length], dtype: ScalarType.Int64);
        List<double> scoreTimes = [], plainTimes = [];
        for (int round = -1; round < Rounds; round++)
        {
            double plain = Timing.Once(() => decoder.HiddenState(plan, batch).Dispose());
            double score = Timing.Once(() => LayerScores.Measure(decoder, plan, calibration, null, CancellationToken.None));
            if (round >= 0)
            {
                plainTimes.Add(plain);
                scoreTimes.Add(score);
            }
        }

        double medianScore = Timing.Median(scoreTimes), medianPlain = Timing.Median(plainTimes);
        Console.WriteLine($"scoring, {Path.GetFileName(model)}, {Rows} x {Length} tokens, float32 (median of {Rounds} interleaved rounds)");
        Console.WriteLine($"  score                {medianScore,8:F2} s   {medianScore / medianPlain:F2} times a plain forward without its head (wanted: at most 1.15)");
        Console.WriteLine($"  plain forward        {medianPlain,8:F2} s");
    }
}
