namespace LayerTool.Benchmarks;

/// <summary>The program as it is published: how large it is, and how soon it answers.</summary>
internal static class PublishBenchmark
{
    private const int Rounds = 15;

    public static void Run(PublishedProgram program)
    {
        List<double> times = [.. Enumerable.Range(0, Rounds).Select(_ => program.Run("--help").Seconds)];
        long libraries = new DirectoryInfo(program.Folder).EnumerateFiles("*.so*").Sum(file => file.Length);
        Console.WriteLine($"publish for linux-x64: layertool {new FileInfo(program.File).Length / 1e6:F0} MB, native libraries beside it {libraries / 1e6:F0} MB");
        Console.WriteLine($"  layertool --help     {Timing.Median(times),8:F3} s   (wanted: under 0.2; median of {Rounds})");
    }
}
