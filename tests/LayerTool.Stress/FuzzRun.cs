using System.Diagnostics;
using System.Globalization;
using System.Text;
using LayerTool.Cli;

namespace LayerTool.Stress;

/// <summary>What became of the damaged inputs of one kind.</summary>
/// <param name="Cases">How many were tried.</param>
/// <param name="Refused">How many of them ended in a fault that says so, exit code 1 or 2; the others were read.</param>
/// <param name="Longest">The longest that one took.</param>
/// <param name="MostBytes">The most managed memory that one allocated, in bytes.</param>
/// <param name="Failures">What broke: the seed of the case, its line and what came of it.</param>
internal sealed record FuzzRun(int Cases, int Refused, TimeSpan Longest, long MostBytes, IReadOnlyList<string> Failures)
{
    /// <summary>More than this is a failure: bytes that one case may allocate.</summary>
    public const long AllowedBytes = 500_000_000;

    /// <summary>More than this is a failure in the program; tests do not look at the clock.</summary>
    public static readonly TimeSpan AllowedTime = TimeSpan.FromSeconds(1);

    /// <summary>Damages every kind of input and prints a line for each.</summary>
    /// <returns>Whether nothing broke.</returns>
    public static async Task<bool> RunAllAsync(string model, string folder, int count, int seed, TextWriter output)
    {
        IReadOnlyList<FuzzTarget> targets = FuzzTargets.Make(model, folder);
        int shares = targets.Sum(target => target.Share);
        bool sound = true;
        foreach (FuzzTarget target in targets)
        {
            FuzzRun run = await RunAsync(target, (int)((long)count * target.Share / shares), seed);
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{target.Name,-22} {run.Cases,7} cases  {run.Refused,7} refused  longest {run.Longest.TotalSeconds:0.000} s  most {run.MostBytes / 1e6:0.0} MB  {run.Failures.Count} broke"));
            foreach (string failure in run.Failures.Take(5))
            {
                await output.WriteLineAsync($"  {failure}");
            }

            sound &= run.Failures.Count == 0 && run.Longest <= AllowedTime;
        }

        return sound;
    }

    /// <summary>Damages one kind of input.</summary>
    /// <param name="target">The kind.</param>
    /// <param name="count">How often.</param>
    /// <param name="seed">Case n is drawn from the seed and n alone.</param>
    public static async Task<FuzzRun> RunAsync(FuzzTarget target, int count, int seed)
    {
        int refused = 0;
        TimeSpan longest = TimeSpan.Zero;
        long most = 0;
        List<string> failures = [.. await BrokenWhenSoundAsync(target)];
        for (int number = 0; number < count; number++)
        {
            Random random = new(unchecked((seed * 1_000_003) + number));
            byte[] input = Mutation.Of(target.Sound[random.Next(target.Sound.Count)], random);
            string[] line = Line(target, target.Lines[random.Next(target.Lines.Count)], input);
            using StringWriter errors = new();
            long allocated = GC.GetTotalAllocatedBytes();
            long start = Stopwatch.GetTimestamp();
            int code = await App.RunAsync(line, TextWriter.Null, errors);
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            long bytes = GC.GetTotalAllocatedBytes() - allocated;
            refused += code == ExitCodes.Success ? 0 : 1;
            most = Math.Max(most, bytes);
            longest = time > longest ? time : longest;
            if (Broken(code, bytes, errors.ToString()) is string broken)
            {
                failures.Add($"case {number}: `{string.Join(' ', line)}`: {broken}");
            }
        }

        return new FuzzRun(count, refused, longest, most, failures);
    }

    /// <summary>Each line once on each sound input: they must be read, and what is loaded once is not counted with a case.</summary>
    private static async Task<List<string>> BrokenWhenSoundAsync(FuzzTarget target)
    {
        List<string> broken = [];
        foreach (string[] form in target.Lines)
        {
            foreach (byte[] input in target.Sound)
            {
                string[] line = Line(target, form, input);
                using StringWriter errors = new();
                int code = await App.RunAsync(line, TextWriter.Null, errors);
                if (code != ExitCodes.Success)
                {
                    broken.Add($"`{string.Join(' ', line)}` on sound input: exit code {code}: {errors.ToString().ReplaceLineEndings(" ")}");
                }
            }
        }

        return broken;
    }

    private static string[] Line(FuzzTarget target, string[] line, byte[] input)
    {
        if (target.File is not string file)
        {
            string text = Encoding.UTF8.GetString(input);
            return [.. line.Select(word => word == "{}" ? text : word)];
        }

        File.WriteAllBytes(file, input);
        return line;
    }

    private static string? Broken(int code, long bytes, string errors) => code switch
    {
        not (ExitCodes.Success or ExitCodes.Failed or ExitCodes.Usage) => $"exit code {code}: {errors.ReplaceLineEndings(" ")}",
        ExitCodes.Failed when !errors.Contains("hint: ", StringComparison.Ordinal) => $"no hint: {errors.ReplaceLineEndings(" ")}",
        _ when bytes > AllowedBytes => string.Create(CultureInfo.InvariantCulture, $"allocated {bytes / 1e6:0} MB"),
        _ => null,
    };
}
