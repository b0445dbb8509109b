using System.Diagnostics;
using System.Text.RegularExpressions;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

/// <summary>What only a process of its own can show.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static string Model => SharedFiles.Model("stories260K");

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task A_signal_ends_a_long_run_with_its_code_and_leaves_nothing(string signal, int exitCode)
    {
        LinuxOnly();
        string text = _folder.Write("long.txt", string.Concat(Enumerable.Repeat("Once upon a time, there was a little girl named Lily. ", 40_000)));
        string saved = _folder.File("saved");
        using Process process = CommandRun.StartChild("skip", Model, "--layers", "1", "--eval", text, "-o", saved, "--threads", "1");
        await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken); // it has begun

        using Process kill = Process.Start("kill", ["-s", signal, $"{process.Id}"]);
        CommandRun run = await CommandRun.FinishAsync(process);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains("stopped", run.Errors, StringComparison.Ordinal);
        Assert.Equal([text], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("skip --help")]
    [InlineData("inspect MODEL")]
    [InlineData("diff MODEL MODEL")]
    [InlineData("skip MODEL --layers 1 --out OUT")]
    [InlineData("skip MODEL --attn-layers 1 --out OUT")]
    [InlineData("skip LLAMA --layers 1 --adapter ADAPTER --out OUT")]
    [InlineData("tokenize MODEL hello")]
    public async Task What_computes_nothing_does_not_load_libtorch(string line)
    {
        LinuxOnly();
        string log = _folder.File("loader");
        string[] args = [.. line.Split(' ').Select(word => word switch { "MODEL" => Model, "LLAMA" => SharedFiles.Find("golden/models/llama"), "ADAPTER" => SharedFiles.Find("golden/peft/lora-qv"), "OUT" => _folder.File("out"), _ => word })];

        using Process process = CommandRun.StartChild(new Dictionary<string, string?> { ["LD_DEBUG"] = "files", ["LD_DEBUG_OUTPUT"] = log }, args);
        CommandRun run = await CommandRun.FinishAsync(process);

        Assert.Equal(0, run.ExitCode);
        string loaded = string.Concat(Directory.GetFiles(_folder.Path, "loader.*").Select(File.ReadAllText));
        Assert.Contains("libclrjit", loaded, StringComparison.Ordinal); // the log is one of loaded libraries
        Assert.DoesNotContain("torch", loaded, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Output_that_nobody_reads_is_no_fault()
    {
        LinuxOnly();
        ProcessStartInfo start = new("bash", ["-c", $"dotnet '{CommandRun.Program}' inspect '{Model}' --json | true; echo ${{PIPESTATUS[0]}}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;

        CommandRun run = await CommandRun.FinishAsync(process);

        Assert.Equal(new CommandRun(0, "0\n", ""), run);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("1", false)]
    public async Task A_terminal_gets_colour_unless_it_does_not_want_any(string? noColor, bool coloured)
    {
        LinuxOnly();
        const string Terminal = "/usr/bin/script"; // of util-linux: runs a program on a terminal of its own
        Assert.SkipUnless(File.Exists(Terminal), $"there is no {Terminal}");
        ProcessStartInfo start = new(Terminal, ["-qec", $"dotnet '{CommandRun.Program}' inspect no/such/folder", "/dev/null"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["NO_COLOR"] = noColor;
        start.Environment["TERM"] = "xterm-256color";
        using Process process = Process.Start(start)!;

        CommandRun run = await CommandRun.FinishAsync(process);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("no such folder", run.Output, StringComparison.Ordinal);
        Assert.Equal(coloured, Regex.IsMatch(run.Output, @"\e\[1;[39]")); // bold and a foreground
    }

    public void Dispose() => _folder.Dispose();

    private static void LinuxOnly() => Assert.SkipUnless(OperatingSystem.IsLinux(), "signals, LD_DEBUG and bash are those of Linux");
}
