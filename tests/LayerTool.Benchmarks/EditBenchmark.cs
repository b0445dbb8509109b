namespace LayerTool.Benchmarks;

/// <summary>A whole-layer edit of a 2 GB checkpoint against cp of the same number of bytes, both ended by sync.</summary>
internal static class EditBenchmark
{
    private const long Bytes = 2_000_000_000;
    private const int Rounds = 5;

    public static void Run(string parent)
    {
        using BigCheckpoint checkpoint = BigCheckpoint.Make(parent, Bytes, holes: false);
        string edited = checkpoint.Folder + "-edited";
        string copy = checkpoint.Folder + "-copy";
        string dropped = (checkpoint.Layers / 2).ToString(System.Globalization.CultureInfo.InvariantCulture);
        List<double> editTimes = [], copyTimes = [];
        long peak = 0;
        bool torch = false;
        for (int round = -1; round < Rounds; round++) // the first warms the file cache and is not counted
        {
            MeasuredProcess.Run("sync");
            MeasuredProcess edit = null!;
            double editSeconds = Timing.Once(() =>
            {
                edit = MeasuredProcess.RunLayerTool("skip", checkpoint.Folder, "--layers", dropped, "-o", edited, "--quiet");
                MeasuredProcess.Run("sync");
            });
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
                peak = Math.Max(peak, edit.PeakBytes);
                torch |= edit.LoadedTorch;
            }
        }

        double medianEdit = Timing.Median(editTimes), medianCopy = Timing.Median(copyTimes);
        Console.WriteLine($"whole-layer edit of {Bytes / 1e9:F0} GB, both ended by sync (median of {Rounds} interleaved rounds)");
        Console.WriteLine($"  layertool skip       {medianEdit,8:F2} s   {medianEdit / medianCopy:F2} times cp (wanted: at most 1.10)");
        Console.WriteLine($"  cp --reflink=never   {medianCopy,8:F2} s");
        Console.WriteLine($"  peak memory          {peak / 1e6,8:F0} MB  (wanted: under 120), libtorch {(torch ? "LOADED" : "not loaded")}");
    }
}
