using System.Globalization;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

/// <summary>Every <c>$ layertool</c> line of the README runs, in its order, and prints what the page shows.</summary>
[Collection(TorchCollection.Name)]
public sealed class ReadmeTests : IDisposable
{
    private const string Prompt = "$ layertool ";
    private const string Anything = "…";
    private const double Tolerance = 2e-4; // of numbers: processors add in different orders, and the last digit is rounded

    private static readonly string Samples = Path.Combine(SharedFiles.Repository, "samples");

    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Every_line_runs_and_prints_what_the_page_shows()
    {
        CheckpointCopy.Make(Path.Combine(Samples, "pair", "base"), _folder, "base");
        CheckpointCopy.Make(Path.Combine(Samples, "pair", "post"), _folder, "post");
        foreach (string text in (string[])[.. Directory.GetFiles(Path.Combine(Samples, "pair"), "*.jsonl"), .. Directory.GetFiles(Path.Combine(Samples, "pair"), "*.yaml")])
        {
            File.Copy(text, _folder.File(Path.GetFileName(text)));
        }

        File.Copy(Path.Combine(Samples, "pair", "merge.yml"), _folder.File("merge.yml"));

        List<string> faults = [];
        foreach ((string line, string[] shown) in Examples())
        {
            CommandRun run = await CommandRun.InChildAsync(_folder.Path, ShellLine.Split(line));
            if (run.ExitCode != 0)
            {
                faults.Add($"{line}\nended with {run.ExitCode}\n{run.Errors}");
            }
            else if (FirstMissing(shown, run.Output.ReplaceLineEndings("\n").Split('\n')) is string missing)
            {
                faults.Add($"{line}\ndoes not print\n{missing}\nbut\n{run.Output}");
            }
        }

        Assert.True(faults.Count == 0, string.Join("\n\n", faults));
    }

    [Fact]
    public void The_page_begins_with_its_two_commands()
    {
        string[] commands = [.. File.ReadLines(Path.Combine(SharedFiles.Repository, "README.md"))
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(line => line.StartsWith("    ", StringComparison.Ordinal))
            .Select(line => line.Trim())];

        Assert.Equal(["dotnet run --project samples/quickstart", "dotnet test"], commands);
    }

    [Fact]
    public void The_first_command_runs_the_first_two_examples()
    {
        string program = File.ReadAllText(Path.Combine(Samples, "quickstart", "Program.cs"));

        Assert.All(Examples().Take(2), example => Assert.Contains($"\"{example.Line}\"", program, StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    private static IEnumerable<(string Line, string[] Shown)> Examples()
    {
        string? line = null;
        List<string> shown = [];
        foreach (string text in File.ReadLines(Path.Combine(SharedFiles.Repository, "README.md")))
        {
            bool isPrompt = text.StartsWith(Prompt, StringComparison.Ordinal);
            if (line is not null && (isPrompt || text.StartsWith("```", StringComparison.Ordinal)))
            {
                yield return (line, [.. shown]);
                line = null;
                shown.Clear();
            }

            if (isPrompt)
            {
                line = text[Prompt.Length..];
            }
            else if (line is not null)
            {
                shown.Add(text);
            }
        }
    }

    // The lines follow one another as the page shows them; a line of … stands for any number.
    private static string? FirstMissing(string[] shown, string[] printed)
    {
        int next = 0;
        bool gap = false;
        foreach (string line in shown)
        {
            if (line == Anything)
            {
                gap = true;
                continue;
            }

            int found = Array.FindIndex(printed, Math.Min(next, printed.Length), text => Same(line, text));
            if (found < 0 || (!gap && found != next))
            {
                return line;
            }

            next = found + 1;
            gap = false;
        }

        return null;
    }

    private static bool Same(string shown, string printed)
    {
        int rest = shown.IndexOf(Anything, StringComparison.Ordinal);
        string[] expected = Words(rest < 0 ? shown : shown[..rest]);
        string[] actual = Words(printed);
        return (rest < 0 ? actual.Length == expected.Length : actual.Length >= expected.Length)
            && expected.Index().All(word => SameWord(word.Item, actual[word.Index]));
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static bool SameWord(string expected, string actual) =>
        expected == actual
        || (double.TryParse(expected, CultureInfo.InvariantCulture, out double wanted)
            && double.TryParse(actual, CultureInfo.InvariantCulture, out double got)
            && Math.Abs(wanted - got) <= Math.Max(Tolerance * Math.Abs(wanted), 1.01 * LastDigit(expected)));

    // What one more in the last digit that is shown stands for.
    private static double LastDigit(string number)
    {
        int point = number.IndexOf('.', StringComparison.Ordinal);
        return point < 0 ? 0 : Math.Pow(10, point + 1 - number.Length);
    }
}
