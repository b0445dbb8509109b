namespace LayerTool.Benchmarks;

/// <summary>How soon layertool answers where nothing is computed.</summary>
internal static class StartBenchmark
{
    private const int Rounds = 7;

    public static void Run(PublishedProgram program, string parent)
    {
        using BigCheckpoint checkpoint = BigCheckpoint.Make(parent, 8_000_000_000, holes: true);
        List<double> helpTimes = [], inspectTimes = [], emptyTimes = [];
        long peak = 0;
        for (int round = 0; round < Rounds; round++)
        {
            emptyTimes.Add(MeasuredProcess.Run("dotnet", Path.Combine(AppContext.BaseDirectory, "LayerTool.Benchmarks.dll"), "nothing").Seconds);
            helpTimes.Add(program.Run("--help").Seconds);
            MeasuredProcess inspect = program.Run("inspect", checkpoint.Folder);
            inspectTimes.Add(inspect.Seconds);
            peak = Math.Max(peak, inspect.PeakBytes);
        }

        Console.WriteLine($"start (median of {Rounds} interleaved rounds)");
        Console.WriteLine($"  empty .NET program   {Timing.Median(emptyTimes),8:F3} s");
        Console.WriteLine($"  layertool --help     {Timing.Median(helpTimes),8:F3} s   (wanted: under 0.25)");
        Console.WriteLine($"  inspect of 8 GB      {Timing.Median(inspectTimes),8:F3} s   (wanted: under 0.5), peak memory {peak / 1e6:F0} MB (wanted: under 120)");
    }
}
