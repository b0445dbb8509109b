using LayerTool.Cli.Output;
using LayerTool.Faults;
using Spectre.Console;
using Xunit;

namespace LayerTool.Tests.Cli.Output;

public sealed class ReporterTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public void Dispose()
    {
        _output.Dispose();
        _errors.Dispose();
    }

    [Fact]
    public void A_fault_is_a_sentence_and_a_hint_and_no_markup()
    {
        using Reporter reporter = Make(isTerminal: false);

        reporter.Fault(new LayerToolException("layers [0..3] of [red]x", "take `0-3`"));

        Assert.Empty(_output.ToString());
        Assert.Equal("error: layers [0..3] of [red]x\nhint: take `0-3`\n", _errors.ToString().ReplaceLineEndings("\n"));
    }

    [Fact]
    public void A_bug_says_so_and_shows_its_stack_only_when_asked()
    {
        using Reporter reporter = Make(isTerminal: false);
        InvalidOperationException bug = Thrown();

        reporter.Bug(bug);
        string brief = _errors.ToString();
        reporter.Settings = new OutputSettings(Verbose: true);
        reporter.Bug(bug);

        Assert.StartsWith("error: this is a bug in layertool: InvalidOperationException: broken", brief, StringComparison.Ordinal);
        Assert.DoesNotContain(nameof(Thrown), brief, StringComparison.Ordinal);
        Assert.Contains(nameof(Thrown), _errors.ToString()[brief.Length..], StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_too_long_for_the_terminal_is_cut_in_the_middle_and_never_folded()
    {
        const string Name = "model.layers.10.mlp.gate_proj.weight_scale_inv";
        ReportWriter terminal = WriterOf(new OutputTarget(_output, isTerminal: true, width: 50));
        ReportWriter file = WriterOf(new OutputTarget(_errors));

        terminal.Table([Column.Name("tensor"), Column.Number("elements")], [[Name, "1,234,567,890"]]);
        file.Table([Column.Name("tensor"), Column.Number("elements")], [[Name, "1,234,567,890"]]);

        Assert.Contains("model.layer…e_proj.weight_scale_inv", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains(Name, _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Quiet_silences_talk_but_neither_results_nor_faults()
    {
        using Reporter reporter = Make(isTerminal: true);
        reporter.Settings = new OutputSettings(Quiet: true);

        reporter.Note("note");
        reporter.Warn("warning");
        reporter.Line("result");
        reporter.Error("fault");

        Assert.Equal("result", _output.ToString().TrimEnd());
        Assert.DoesNotContain("note", _errors.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("warning", _errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("fault", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_in_a_pipe_is_bare_columns_that_are_never_folded()
    {
        using Reporter reporter = Make(isTerminal: false);
        string path = new('x', 300);

        reporter.ShowText(new TableSection(path));

        string[] lines = _output.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Contains(path, lines[1], StringComparison.Ordinal);
        Assert.All(lines, line => Assert.DoesNotContain('─', line));
    }

    private static InvalidOperationException Thrown()
    {
        try
        {
            throw new InvalidOperationException("broken");
        }
        catch (InvalidOperationException exception)
        {
            return exception;
        }
    }

    private Reporter Make(bool isTerminal) =>
        new(new OutputTarget(_output, isTerminal, width: 80), new OutputTarget(_errors, isTerminal, width: 80));

    private static ReportWriter WriterOf(OutputTarget target)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = target });
        console.Profile.Width = target.Width;
        return new ReportWriter(console, target);
    }

    private sealed class TableSection(string path) : ISection
    {
        public object Json => new { path };

        public void WriteText(ReportWriter writer) => writer.Table(["file", Column.Number("bytes")], [[path, "12"]]);
    }
}
