using System.Text.Json;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

public sealed class ChatCommandTests
{
    private const string Template = """{% if messages[0].role == 'tool' %}{{ raise_exception('no tools, please') }}{% endif %}{{ bos_token }}{% for m in messages %}{{ m.role }}:{{ m.content }}{{ m.name }};{% endfor %}{{ mood }}{{ strftime_now('%Y') }}{% if add_generation_prompt %}assistant:{% endif %}""";

    [Fact]
    public async Task A_conversation_is_printed_as_the_folders_template_makes_it()
    {
        using TempFolder folder = Folder();
        string messages = folder.Write("talk.json", """[{"role": "user", "content": "Hi", "name": null}]""");

        CommandRun run = await CommandRun.InProcessAsync("chat", folder.Path, "--messages", messages, "--add-generation-prompt", "--set", "mood=[1]", "--now", "2026-07-26T09:05:03");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Equal("<s>user:Hi;[1]2026assistant:\n", run.Output);
    }

    [Fact]
    public async Task Null_keys_are_dropped_unless_they_are_wanted()
    {
        using TempFolder folder = Folder();
        string messages = folder.Write("talk.json", """[{"role": "user", "content": null}]""");

        Assert.Equal("<s>user:;2026\n", (await CommandRun.InProcessAsync("chat", folder.Path, "--messages", messages, "--now", "2026-01-01")).Output);
        Assert.Equal("<s>user:None;2026\n", (await CommandRun.InProcessAsync("chat", folder.Path, "--messages", messages, "--now", "2026-01-01", "--keep-null")).Output);
    }

    [Fact]
    public async Task A_template_that_refuses_a_conversation_is_heard()
    {
        using TempFolder folder = Folder();
        string messages = folder.Write("talk.json", """[{"role": "tool", "content": "1"}]""");

        CommandRun run = await CommandRun.InProcessAsync("chat", folder.Path, "--messages", messages);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("line 1: the template refuses the conversation: no tools, please", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_conversations_are_an_object_a_line()
    {
        using TempFolder folder = Folder();
        string lines = folder.Write("talks.jsonl", """
            {"messages": [{"role": "user", "content": "a"}], "add_generation_prompt": true, "kwargs": {"mood": "!"}}
            {"messages": [{"role": "tool", "content": "b"}]}
            """);

        CommandRun run = await CommandRun.InProcessAsync("chat", folder.Path, "--lines", lines, "--json", "--now", "2026-01-01");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        string[] rows = run.Output.TrimEnd().Split('\n');
        Assert.Equal("<s>user:a;!2026assistant:", JsonDocument.Parse(rows[0]).RootElement.GetProperty("rendered").GetString());
        Assert.Equal("no tools, please", JsonDocument.Parse(rows[1]).RootElement.GetProperty("error").GetString());
    }

    [Fact]
    public async Task Another_template_may_be_given_and_a_faulty_one_is_named_with_its_line()
    {
        using TempFolder folder = Folder();
        string messages = folder.Write("talk.json", """[{"role": "user", "content": "Hi"}]""");
        string template = folder.Write("other.jinja", "{{ messages[0].content }}\n{{ nothing.at.all }}");

        CommandRun run = await CommandRun.InProcessAsync("chat", folder.Path, "--messages", messages, "--template", template);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("other.jinja, line 2: UndefinedError: 'nothing' is undefined", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\u0004")]
    public async Task On_a_terminal_it_is_a_conversation_until_an_empty_line_or_the_end_of_the_input(string end)
    {
        CommandRun? run = await CommandRun.OnPseudoTerminalAsync(
            "> ", ["What is 3 + 5?\n", "In what land does Vera live?\n", end], "chat", Path.Combine(SharedFiles.Repository, "samples", "pair", "post"), "-n", "40", "--threads", "1");
        Assert.SkipWhen(run is null, "`script` makes the terminal, and is not here");

        Assert.Equal(0, run.ExitCode);
        string[] answers = [.. run.Output.Split('\n').Select(line => line.Trim()).Where(line => line is "8" or "Sarn")];
        Assert.Equal(["8", "Sarn"], answers);
    }

    private static TempFolder Folder()
    {
        TempFolder folder = new();
        folder.Write("tokenizer_config.json", JsonSerializer.Serialize(new { bos_token = "<s>", chat_template = Template }));
        return folder;
    }
}
