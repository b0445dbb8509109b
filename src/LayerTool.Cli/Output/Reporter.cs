using LayerTool.Faults;
using Spectre.Console;

namespace LayerTool.Cli.Output;

/// <summary>
/// The one place that prints. Results go to stdout, all talk to stderr; text from outside is never taken for markup.
/// </summary>
internal sealed class Reporter(OutputTarget stdout, OutputTarget stderr) : IDisposable
{
    // Made at the first use: `--help` and `--json` need neither.
    private readonly Lazy<IAnsiConsole> _data = new(() => ConsoleOf(stdout));
    private readonly Lazy<IAnsiConsole> _talk = new(() => ConsoleOf(stderr));
    private ProgressLine? _progress;

    /// <summary>Settled once, when the line is parsed.</summary>
    public OutputSettings Settings { get; set; } = new();

    /// <summary>Prints a result: one JSON document with <c>--json</c>, else its text.</summary>
    public void Show(IReport report)
    {
        if (Settings.Json)
        {
            Line(JsonReport.Write(report.Schema, report.Json));
        }
        else
        {
            ShowText(report);
        }
    }

    /// <summary>Prints a part of a result as text, whatever the settings say.</summary>
    public void ShowText(ISection section)
    {
        _progress?.Clear();
        section.WriteText(new ReportWriter(_data.Value, stdout));
    }

    /// <summary>Prints one line of data as it is, such as generated text or a row of JSON.</summary>
    public void Line(string text)
    {
        _progress?.Clear();
        stdout.Writer.WriteLine(text);
    }

    /// <summary>Prints a piece of a line and shows it at once.</summary>
    public void Piece(string text)
    {
        stdout.Writer.Write(text);
        stdout.Writer.Flush();
    }

    /// <summary>Says something that the user may want to know; silent with <c>--quiet</c>.</summary>
    public void Note(string text)
    {
        if (!Settings.Quiet)
        {
            Say(text);
        }
    }

    /// <summary>Says something that is only wanted with <c>--verbose</c>.</summary>
    public void Detail(string text)
    {
        if (Settings.Verbose)
        {
            Say(text);
        }
    }

    /// <summary>Says that the result is not what the user may think it is; silent with <c>--quiet</c>.</summary>
    /// <exception cref="LayerToolException">Warnings are faults: <c>--strict</c>.</exception>
    public void Warn(string text)
    {
        if (Settings.Strict)
        {
            throw new LayerToolException(text, "without `--strict` this is a warning, and the run goes on");
        }

        if (!Settings.Quiet)
        {
            Say(text, "warning", "yellow");
        }
    }

    /// <summary>Says what is wrong.</summary>
    public void Error(string text) => Say(text, "error", "red");

    /// <summary>Says what to do about it.</summary>
    public void Hint(string text) => Say(text, "hint", "cyan");

    /// <summary>Says what is wrong with what the user gave.</summary>
    public void Fault(LayerToolException fault)
    {
        Error(fault.Message);
        Hint(fault.Hint);
        if (Settings.Verbose)
        {
            Say(fault.ToString());
        }
    }

    /// <summary>Says that layertool itself is at fault.</summary>
    public void Bug(Exception bug)
    {
        Error($"this is a bug in layertool: {bug.GetType().Name}: {bug.Message}");
        if (Settings.Verbose)
        {
            Say(bug.ToString());
        }
        else
        {
            Hint("run it again with `--verbose` and report what it prints");
        }
    }

    /// <summary>Says that the run was stopped from outside.</summary>
    public void Stopped() => Note("stopped");

    /// <summary>Shows how far a long run is until the result is disposed; nothing with <c>--quiet</c>.</summary>
    public ProgressLine StartProgress()
    {
        _progress?.Dispose();
        _progress = new ProgressLine(stderr, Settings.Quiet || Settings.Json ? ProgressStyle.Hidden : stderr.IsTerminal ? ProgressStyle.Line : ProgressStyle.Plain);
        return _progress;
    }

    public void Dispose() => _progress?.Dispose();

    private static IAnsiConsole ConsoleOf(OutputTarget target)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = target.IsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = target.IsTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No, // progress is ours
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false }, // a CI variable alone would turn colour on
            Out = target,
        });
        console.Profile.Width = ((IAnsiConsoleOutput)target).Width;
        return console;
    }

    private void Say(string text, string? label = null, string color = "default")
    {
        _progress?.Clear();
        stdout.Writer.Flush(); // so that result and talk keep their order on a terminal
        if (label is not null)
        {
            _talk.Value.Write(new Markup($"[bold {color}]{label}[/]: "));
        }

        stderr.Writer.WriteLine(text); // not folded: paths and lines to copy stay whole
        stderr.Writer.Flush();
    }
}
