using System.CommandLine;
using System.CommandLine.Completions;
using LayerTool.Cli;
using LayerTool.Cli.Commands;
using LayerTool.Cli.Output;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

public sealed class HelpTests
{
    public static TheoryData<string> Names => [.. Verbs().Select(verb => verb.Name)];

    [Fact]
    public async Task Help_of_the_program_lists_all_commands()
    {
        CommandRun run = await CommandRun.InProcessAsync("--help");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Errors);
        Assert.All(Verbs(), verb => Assert.Contains(verb.Name, run.Output, StringComparison.Ordinal));
        Snapshot.Check("Help/layertool", run.Output);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Help_of_a_command_is_as_accepted(string name)
    {
        CommandRun run = await CommandRun.InProcessAsync(name, "--help");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Errors);
        Snapshot.Check($"Help/{name}", run.Output);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_command_has_two_examples_that_parse(string name)
    {
        Verb verb = Verbs().Single(verb => verb.Name == name);

        Assert.Equal(2, verb.Examples.Count);
        Assert.All(verb.Examples, example =>
        {
            string[] words = ShellLine.Split(example.Line);
            Assert.Equal("layertool", words[0]);
            Assert.Empty(Build().Parse(words[1..]).Errors);
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_value_that_an_option_completes_is_taken_by_it(string name)
    {
        Verb verb = Verbs().Single(verb => verb.Name == name);
        foreach (Option option in verb.Options)
        {
            foreach (CompletionItem value in option.HelpName is null ? [] : option.GetCompletions(CompletionContext.Empty))
            {
                ParseResult parsed = Build().Parse([name, option.Name, value.Label]);

                Assert.DoesNotContain(parsed.Errors, error => error.Message.Contains(option.Name, StringComparison.Ordinal));
                Assert.NotNull(parsed.GetValue<object?>(option.Name)); // converts it, or throws
            }
        }
    }

    [Fact]
    public async Task Without_arguments_the_help_goes_to_stderr_as_wrong_usage()
    {
        CommandRun run = await CommandRun.InProcessAsync();

        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains("Usage:", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_that_of_the_program()
    {
        CommandRun run = await CommandRun.InProcessAsync("--version");

        Assert.Equal(new CommandRun(0, $"layertool {ProductVersion.Text}{Environment.NewLine}", ""), run);
    }

    private static IEnumerable<Verb> Verbs() => Build().Root.Subcommands.OfType<Verb>();

    private static CommandLine Build() =>
        new(new Services(new Reporter(new OutputTarget(TextWriter.Null), new OutputTarget(TextWriter.Null)), []), helpWidth: 100);
}
