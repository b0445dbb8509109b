using System.Diagnostics;
using System.Text;
using LayerTool.Cli;
using LayerTool.Cli.Output;

namespace LayerTool.Tests.Support;

/// <summary>What one command line of layertool answered.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">All of stdout.</param>
/// <param name="Errors">All of stderr.</param>
internal sealed record CommandRun(int ExitCode, string Output, string Errors)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    /// <summary>Full path of the built program, for <c>dotnet PATH</c>.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "layertool.dll");

    /// <summary>Runs a line in this process; stdout and stderr are no terminals.</summary>
    public static Task<CommandRun> InProcessAsync(params string[] args) => UntilStoppedAsync(args, Xunit.TestContext.Current.CancellationToken);

    /// <summary>Runs a line in this process until it ends or is stopped.</summary>
    public static async Task<CommandRun> UntilStoppedAsync(string[] args, CancellationToken cancellation)
    {
        using StringWriter output = new();
        using StringWriter errors = new();
        int exitCode = await App.RunAsync(args, output, errors, cancellation);
        return new CommandRun(exitCode, output.ToString(), errors.ToString());
    }

    /// <summary>Runs a line in this process as if stderr and stdout were terminals of a width.</summary>
    public static async Task<CommandRun> OnTerminalAsync(int width, params string[] args)
    {
        using StringWriter output = new();
        using StringWriter errors = new();
        int exitCode = await App.RunAsync(
            args,
            new OutputTarget(output, isTerminal: true, width),
            new OutputTarget(errors, isTerminal: true, width),
            Xunit.TestContext.Current.CancellationToken);
        return new CommandRun(exitCode, output.ToString(), errors.ToString());
    }

    /// <summary>Runs a line as a process of its own, for what could end one, for signals and for what gets loaded.</summary>
    public static async Task<CommandRun> InChildAsync(params string[] args)
    {
        using Process process = StartChild(args);
        return await FinishAsync(process);
    }

    /// <summary>Runs a line as a process of its own, in a folder, on one thread: of a busy machine, threads that wait for each other get little.</summary>
    public static async Task<CommandRun> InChildAsync(string folder, string[] args)
    {
        using Process process = StartChild(new Dictionary<string, string?> { ["OMP_NUM_THREADS"] = "1" }, folder, args);
        return await FinishAsync(process);
    }

    /// <summary>Starts a line as a process of its own; finish it with <see cref="FinishAsync"/>.</summary>
    public static Process StartChild(params string[] args) => StartChild(environment: null, args);

    /// <summary>Starts a line as a process of its own with environment variables set, or removed where null.</summary>
    public static Process StartChild(IReadOnlyDictionary<string, string?>? environment, params string[] args) =>
        StartChild(environment, folder: "", args);

    private static Process StartChild(IReadOnlyDictionary<string, string?>? environment, string folder, string[] args)
    {
        ProcessStartInfo start = new("dotnet", [Program, .. args]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
    }

    /// <summary>
    /// Runs a line on a terminal of its own, on which each text is typed when a prompt stands there; stdout and stderr come together.
    /// Null where `script`, which makes the terminal, is missing.
    /// </summary>
    public static async Task<CommandRun?> OnPseudoTerminalAsync(string prompt, IReadOnlyList<string> typed, params string[] args)
    {
        string? script = ((string[])["/usr/bin/script", "/bin/script"]).FirstOrDefault(File.Exists);
        if (script is null || !OperatingSystem.IsLinux())
        {
            return null;
        }

        string line = string.Join(' ', args.Prepend(Program).Prepend("dotnet").Select(word => $"'{word}'"));
        ProcessStartInfo start = new(script, ["-qec", line, "/dev/null"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("script did not start.");
        using CancellationTokenSource deadline = new(Deadline);
        deadline.Token.Register(() => process.Kill(entireProcessTree: true));
        StringBuilder output = new();
        char[] piece = new char[256];
        int next = 0, seen = 0;
        while (await process.StandardOutput.ReadAsync(piece, deadline.Token) is int count and > 0)
        {
            output.Append(piece, 0, count);
            int place = output.ToString().IndexOf(prompt, seen, StringComparison.Ordinal);
            if (place >= 0 && next < typed.Count)
            {
                seen = place + prompt.Length;
                await process.StandardInput.WriteAsync(typed[next++]);
                await process.StandardInput.FlushAsync(deadline.Token);
            }
        }

        await process.WaitForExitAsync(deadline.Token);
        return new CommandRun(process.ExitCode, output.ToString(), await process.StandardError.ReadToEndAsync(deadline.Token));
    }

    /// <summary>Waits for the end of a child and takes what it said; a child that hangs is ended and fails the test.</summary>
    public static async Task<CommandRun> FinishAsync(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource deadline = new(Deadline);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"layertool did not end within {Deadline}.");
        }

        return new CommandRun(process.ExitCode, await output, await errors);
    }
}
