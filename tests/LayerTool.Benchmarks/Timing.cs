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

    /// <summary>Medians of several actions that take turns, so that a change of the machine's mood meets all of them. The first turn does not count.</summary>
    /// <param name="rounds">How often each is timed.</param>
    /// <param name="actions">Each prepares what it needs and has the rest timed.</param>
    public static double[] Interleaved(int rounds, params Action<Action<Action>>[] actions)
    {
        List<double>[] samples = [.. actions.Select(_ => new List<double>())];
        for (int round = -1; round < rounds; round++)
        {
            for (int action = 0; action < actions.Length; action++)
            {
                double seconds = 0;
                actions[action](timed => seconds = Once(timed));
                if (round >= 0)
                {
                    samples[action].Add(seconds);
                }
            }
        }

        return [.. samples.Select(Median)];
    }

    /// <summary>Seconds of the processor that an action takes, on all threads together.</summary>
    public static double Processor(Action action)
    {
        TimeSpan start = Environment.CpuUsage.TotalTime;
        action();
        return (Environment.CpuUsage.TotalTime - start).TotalSeconds;
    }

    private static double[] Samples(int runs, Action action)
    {
        action();
        return [.. Enumerable.Range(0, runs).Select(_ => Once(action))];
    }
}
