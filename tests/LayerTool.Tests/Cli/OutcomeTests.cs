using System.Text;
using LayerTool.Cli;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

public sealed class OutcomeTests
{
    [Fact]
    public async Task A_bug_is_3_and_says_that_it_is_one()
    {
        using BrokenWriter output = new(new InvalidOperationException("a state that cannot be"));
        using StringWriter errors = new();

        int exitCode = await App.RunAsync(["--version"], output, errors, TestContext.Current.CancellationToken);

        Assert.Equal(3, exitCode);
        Assert.Contains("this is a bug in layertool", errors.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_that_fails_is_1_and_not_a_bug()
    {
        using BrokenWriter output = new(new IOException("No space left on device."));
        using StringWriter errors = new();

        int exitCode = await App.RunAsync(["--version"], output, errors, TestContext.Current.CancellationToken);

        Assert.Equal(1, exitCode);
        Assert.StartsWith("error: No space left on device\nhint: ", errors.ToString().ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stopped_run_is_130()
    {
        using StringWriter output = new();
        using StringWriter errors = new();

        int exitCode = await App.RunAsync(
            ["skip", SharedFiles.Model("stories260K"), "--layers", "1"], output, errors, new CancellationToken(canceled: true));

        Assert.Equal(130, exitCode);
        Assert.Empty(output.ToString());
        Assert.Equal("stopped", errors.ToString().TrimEnd());
    }

    [Fact]
    public async Task A_model_that_is_not_there_is_1()
    {
        CommandRun run = await CommandRun.InProcessAsync("skip", "no/such/folder", "--layers", "1");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("error: ", run.Errors, StringComparison.Ordinal);
        Assert.Contains("hint: ", run.Errors, StringComparison.Ordinal);
    }

    private sealed class BrokenWriter(Exception fault) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => throw fault;
    }
}
