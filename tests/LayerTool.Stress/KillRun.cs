using System.Diagnostics;
using System.Globalization;
using LayerTool.Checkpoints;

namespace LayerTool.Stress;

/// <summary>Saves that are killed (SIGKILL) at drawn moments: the target is absent or whole, and the next run leaves nothing else.</summary>
internal static class KillRun
{
    private static readonly string LayerTool = Path.Combine(AppContext.BaseDirectory, "layertool.dll");

    /// <summary>Runs the kills and prints what was found.</summary>
    /// <returns>Whether the target was absent or whole every time, and the folder clean after the next run.</returns>
    public static async Task<bool> RunAsync(string model, string folder, int count, int seed, TextWriter output)
    {
        string big = Path.Combine(folder, "big"), results = Directory.CreateDirectory(Path.Combine(folder, "results")).FullName;
        await SaveAsync(["repeat", model, "--layers", "all", "--times", "30", "--out", big]);
        string target = Path.Combine(results, "target");
        string[] line = ["skip", big, "--layers", "1", "--out", target];
        TimeSpan whole = await SaveAsync(line);
        string expected = CheckpointHash.Full(Checkpoint.Open(target));
        Directory.Delete(target, recursive: true);

        Random random = new(seed);
        int absent = 0, complete = 0, leftovers = 0;
        List<string> failures = [];
        for (int number = 0; number < count; number++)
        {
            TimeSpan moment = whole * (1.1 * random.NextDouble());
            await KillAsync(line, moment);
            leftovers += Directory.EnumerateFileSystemEntries(results).Count(name => Path.GetFileName(name) != "target");
            if (!Directory.Exists(target))
            {
                absent++;
            }
            else if (CheckpointHash.Full(Checkpoint.Open(target)) == expected)
            {
                complete++;
                Directory.Delete(target, recursive: true);
            }
            else
            {
                failures.Add($"kill {number}: the target is neither absent nor whole");
            }

            await SaveAsync(["skip", model, "--layers", "1", "--out", Path.Combine(results, "next")]);
            Directory.Delete(Path.Combine(results, "next"), recursive: true);
            if (Directory.EnumerateFileSystemEntries(results).FirstOrDefault() is string left)
            {
                failures.Add($"kill {number}: the next run left {left}");
            }
        }

        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{count} saves of {whole.TotalSeconds:0.00} s killed: target absent {absent}, whole {complete}, broken {failures.Count}; {leftovers} left something aside, cleared by the next run"));
        foreach (string failure in failures)
        {
            await output.WriteLineAsync($"  {failure}");
        }

        return failures.Count == 0 && absent + complete == count;
    }

    private static async Task<TimeSpan> SaveAsync(string[] line)
    {
        long start = Stopwatch.GetTimestamp();
        using Process process = Start(line);
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? Stopwatch.GetElapsedTime(start)
            : throw new InvalidOperationException($"layertool {string.Join(' ', line)} ended with {process.ExitCode}: {errors}");
    }

    private static async Task KillAsync(string[] line, TimeSpan moment)
    {
        using Process process = Start(line);
        await Task.Delay(moment);
        process.Kill();
        await process.WaitForExitAsync();
    }

    private static Process Start(string[] line) =>
        Process.Start(new ProcessStartInfo("dotnet", [LayerTool, .. line, "--quiet"]) { RedirectStandardOutput = true, RedirectStandardError = true })
        ?? throw new InvalidOperationException("dotnet did not start.");
}
