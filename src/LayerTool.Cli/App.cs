using System.CommandLine;
using System.CommandLine.Invocation;
using System.Runtime.InteropServices;
using LayerTool.Cli.Output;
using LayerTool.Faults;

namespace LayerTool.Cli;

/// <summary>The whole program but its process: parse, run, and turn the outcome into an exit code.</summary>
internal static class App
{
    /// <summary>Runs one command line with its output in writers that are no terminals.</summary>
    public static Task<int> RunAsync(string[] args, TextWriter stdout, TextWriter stderr, CancellationToken cancellation = default) =>
        RunAsync(args, new OutputTarget(stdout), new OutputTarget(stderr), cancellation);

    /// <summary>Runs one command line.</summary>
    public static async Task<int> RunAsync(string[] args, OutputTarget stdout, OutputTarget stderr, CancellationToken cancellation)
    {
        using Reporter reporter = new(stdout, stderr);
        try
        {
            return await ParseAndRunAsync(args, reporter, stdout, stderr, cancellation);
        }
        catch (LayerToolException fault)
        {
            reporter.Fault(fault);
            return ExitCodes.Failed;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            reporter.Stopped();
            return ExitCodes.Interrupted;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The disk or the rights on it, somewhere that no reader or writer gave it a better sentence.
            reporter.Fault(new LayerToolException(exception.Message.TrimEnd('.'), "check the paths, your rights on them, and the room on the disk", exception));
            return ExitCodes.Failed;
        }
        catch (ExternalException fault) when (IsOutOfMemory(fault))
        {
            reporter.Fault(new LayerToolException(
                $"memory ran out: {fault.Message.Split('\n')[0].TrimEnd('.')}",
                "take a smaller batch or shorter sequences; `--offload` holds the weights of one layer at a time, `--device auto` spreads them over all devices",
                fault));
            return ExitCodes.Failed;
        }
        catch (Exception bug) when (bug is not LayerToolException)
        {
            reporter.Bug(bug);
            return ExitCodes.Bug;
        }
        finally
        {
            await stdout.Writer.FlushAsync(CancellationToken.None);
            await stderr.Writer.FlushAsync(CancellationToken.None);
        }
    }

    // libtorch's, of a device and of the processor; it has no type for them.
    private static bool IsOutOfMemory(ExternalException fault) =>
        fault.Message.Contains("out of memory", StringComparison.Ordinal) || fault.Message.Contains("can't allocate memory", StringComparison.Ordinal);

    private static async Task<int> ParseAndRunAsync(
        string[] args, Reporter reporter, OutputTarget stdout, OutputTarget stderr, CancellationToken cancellation)
    {
        CommandLine commandLine = new(new Services(reporter, [.. args]), stdout.Width);
        if (args.Length == 0)
        {
            await commandLine.Parse(["--help"]).InvokeAsync(Invocation(stderr.Writer, stderr.Writer), cancellation);
            return ExitCodes.Usage;
        }

        ParseResult parsed = commandLine.Parse(args);
        reporter.Settings = commandLine.ReadOutputSettings(parsed);
        if (parsed.Action is ParseErrorAction)
        {
            UsageErrors.Print(parsed, reporter);
            return ExitCodes.Usage;
        }

        return args.Any(argument => argument.Contains('\0', StringComparison.Ordinal))
            ? throw new LayerToolException("the command line holds a NUL character, which no path and no text may have", "type the command without it")
            : await parsed.InvokeAsync(Invocation(stdout.Writer, stderr.Writer), cancellation);
    }

    private static InvocationConfiguration Invocation(TextWriter output, TextWriter error) => new()
    {
        Output = output,
        Error = error,
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = null, // StopSignals
    };
}
