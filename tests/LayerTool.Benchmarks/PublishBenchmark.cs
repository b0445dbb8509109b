namespace LayerTool.Benchmarks;

/// <summary>The program as it is published: how large it is, and how soon it answers.</summary>
internal static class PublishBenchmark
{
    private const int Rounds = 15;

    /// <summary>Publishes into a folder of its own, and runs that.</summary>
    /// <param name="parent">Where there is room for 600 MB.</param>
    public static void Run(string parent)
    {
        string folder = Path.Combine(parent, $"layertool-publish-{Environment.ProcessId}");
        try
        {
            string project = Path.Combine(Checkout(), "src", "LayerTool.Cli");
            MeasuredProcess.Run("dotnet", "publish", project, "-c", "Release", "-r", "linux-x64", "-o", folder, "-nodeReuse:false");
            string program = Path.Combine(folder, "layertool");
            List<double> times = [.. Enumerable.Range(0, Rounds).Select(_ => MeasuredProcess.Run(program, "--help").Seconds)];
            long libraries = new DirectoryInfo(folder).EnumerateFiles("*.so*").Sum(file => file.Length);
            Console.WriteLine($"publish for linux-x64: layertool {new FileInfo(program).Length / 1e6:F0} MB, native libraries beside it {libraries / 1e6:F0} MB");
            Console.WriteLine($"  layertool --help     {Timing.Median(times),8:F3} s   (wanted: under 0.2; median of {Rounds})");
        }
        finally
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static string Checkout()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "LayerTool.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("The benchmarks run outside a checkout.");
    }
}
