using System.Globalization;

namespace LayerTool.Benchmarks;

/// <summary>Edits of a 2 GB checkpoint, one in each format, against cp of the same number of bytes, all ended by sync.</summary>
internal static class EditBenchmark
{
    private const long Bytes = 2_000_000_000;
    private const int Rounds = 5;

    /// <summary>What is written: the option that chooses what is left out, the format, and the most that it may take.</summary>
    private static readonly (string Option, string Format, double Most)[] Saves =
    [
        ("--layers", "layers", 1.10),
        ("--attn-layers", "zero", 1.20),
        ("--attn-layers", "compact", 1.10),
        ("--attn-layers", "deci", 1.10),
    ];

    public static void Run(PublishedProgram program, string parent)
    {
        using BigCheckpoint checkpoint = BigCheckpoint.Make(parent, Bytes, holes: false);
        Console.WriteLine($"saves of {Bytes / 1e9:F0} GB, ended by sync as cp --reflink=never of the written files is (median of {Rounds} interleaved rounds)");
        foreach ((string option, string format, double most) in Saves)
        {
            Run(program, checkpoint, option, format, most);
        }
    }

    private static void Run(PublishedProgram program, BigCheckpoint checkpoint, string option, string format, double most)
    {
        string edited = checkpoint.Folder + "-edited";
        string copy = checkpoint.Folder + "-copy";
        string dropped = (checkpoint.Layers / 2).ToString(CultureInfo.InvariantCulture);
        List<double> editTimes = [], copyTimes = [], planTimes = [];
        long peak = 0;
        bool torch = false;
        for (int round = -1; round < Rounds; round++) // the first warms the file cache and is not counted
        {
            MeasuredProcess.Run("sync");
            MeasuredProcess edit = null!;
            double editSeconds = Timing.Once(() =>
            {
                edit = program.Run("skip", checkpoint.Folder, option, dropped, "-o", edited, "--format", format, "--quiet");
                MeasuredProcess.Run("sync");
            });
            double planSeconds = program.Run("skip", checkpoint.Folder, option, dropped, "--quiet").Seconds;
            string[] written = Directory.GetFiles(edited, "*.safetensors");
            double copySeconds = Timing.Once(() =>
            {
                MeasuredProcess.Run("cp", ["--reflink=never", .. written, copy]);
                MeasuredProcess.Run("sync");
            });
            Directory.Delete(edited, recursive: true);
            File.Delete(copy);
            if (round >= 0)
            {
                editTimes.Add(editSeconds);
                copyTimes.Add(copySeconds);
                planTimes.Add(planSeconds);
                peak = Math.Max(peak, edit.PeakBytes);
                torch |= edit.LoadedTorch;
            }
        }

        double medianEdit = Timing.Median(editTimes), medianCopy = Timing.Median(copyTimes);
        Console.WriteLine(
            $"  skip {option} --format {format}: {medianEdit:F2} s, cp {medianCopy:F2} s: {medianEdit / medianCopy:F2} times (wanted: at most {most:F2}); of it {Timing.Median(planTimes):F2} s until the first byte; peak memory {peak / 1e6:F0} MB (wanted: under 120), libtorch {(torch ? "LOADED" : "not loaded")}");
    }
}
