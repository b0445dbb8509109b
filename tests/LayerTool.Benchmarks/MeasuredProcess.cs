using System.Diagnostics;
using System.Globalization;

namespace LayerTool.Benchmarks;

/// <summary>A child process: how long it ran, how much memory it held at most, and whether it loaded libtorch.</summary>
/// <param name="Seconds">From start to end.</param>
/// <param name="PeakBytes">Largest resident size that the system counted (VmHWM); 0 where it ended before it was looked at.</param>
/// <param name="LoadedTorch">Whether libtorch was among its mapped files.</param>
/// <param name="Output">What it printed.</param>
internal sealed record MeasuredProcess(double Seconds, long PeakBytes, bool LoadedTorch, string Output)
{
    public static MeasuredProcess Run(string program, params string[] args)
    {
        long start = Stopwatch.GetTimestamp();
        ProcessStartInfo line = new(program, args) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(line) ?? throw new InvalidOperationException($"{program} did not start.");
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        long peak = 0;
        bool torch = false;
        while (!process.WaitForExit(10))
        {
            peak = Math.Max(peak, PeakOf(process.Id));
            torch |= Maps(process.Id).Contains("libtorch", StringComparison.Ordinal);
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return process.ExitCode == 0
            ? new MeasuredProcess(seconds, peak, torch, output.Result)
            : throw new InvalidOperationException($"{program} {string.Join(' ', args)} ended with {process.ExitCode}: {errors.Result}{output.Result}");
    }

    private static long PeakOf(int id)
    {
        foreach (string line in Read($"/proc/{id}/status").Split('\n'))
        {
            if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
            {
                return 1024 * long.Parse(line.AsSpan(6).Trim().ToString().Split(' ')[0], CultureInfo.InvariantCulture);
            }
        }

        return 0;
    }

    private static string Maps(int id) => Read($"/proc/{id}/maps");

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return ""; // it ended meanwhile
        }
    }
}
