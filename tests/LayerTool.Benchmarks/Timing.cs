using System.Diagnostics;

namespace LayerTool.Benchmarks;

/// <summary>Wall time of an action.</summary>
internal static class Timing
{
    public static double Best(int runs, Action action) => Samples(runs, action).Min();

    public static double Median(IEnumerable<double> samples)
    {
        double[] sorted = [.. samples.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    public static double Once(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double[] Samples(int runs, Action action)
    {
        action();
        return [.. Enumerable.Range(0, runs).Select(_ => Once(action))];
    }
}
