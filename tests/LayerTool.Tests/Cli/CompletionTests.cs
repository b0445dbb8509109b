using System.CommandLine.Completions;
using System.Diagnostics;
using System.Text.RegularExpressions;
using LayerTool.Cli;
using LayerTool.Cli.Output;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

/// <summary>The scripts for shells, run in them.</summary>
public sealed partial class CompletionTests : IDisposable
{
    private readonly TempFolder _temp = new();

    // The line so far, with the word to complete last, and words that must be offered, or must not be where they begin with !.
    private static readonly (string Line, string Expected)[] Lines =
    [
        ("layertool ", "drop restore generate completion"),
        ("layertool re", "repeat restore !drop"),
        ("layertool drop --att", "--attn --attn-layers !--mlp"),
        ("layertool skip MODEL --dtype ", "auto float32 bfloat16 float16"),
        ("layertool skip MODEL --dtype bf", "bfloat16 !float32"),
        ("layertool drop MODEL --layers ", "all even odd"),
        ("layertool eval MODEL --rolling-bos ", "once as-lmeval"),
        ("layertool generate --js", "--json"),
        ("layertool drop MODEL --format ", "layers zero compact deci"),
        ("layertool completion ", "bash zsh fish"),
    ];

    [Fact]
    public async Task Bash_completes()
    {
        string script = await ScriptAsync("bash");
        foreach ((string line, string expected) in Lines)
        {
            string[] words = line.Split(' ');
            Check(BashAnswer(script, $"{string.Join(' ', words[..^1])} '{words[^1]}'", words.Length - 1), expected);
        }
    }

    [Fact]
    public async Task Bash_completes_a_value_behind_an_equals_sign()
    {
        Check(BashAnswer(await ScriptAsync("bash"), "layertool skip --dtype = fl", 4), "float32 float16 !auto");
    }

    [Fact]
    public async Task Bash_takes_files_where_there_are_no_words()
    {
        string ask = $"source {await ScriptAsync("bash")}; COMP_WORDS=(layertool drop /etc/host); COMP_CWORD=2; _layertool; echo \"${{#COMPREPLY[@]}}\"; complete -p layertool";

        string answer = Ask("bash", "--norc", "-c", ask);

        Assert.StartsWith("0\n", answer, StringComparison.Ordinal);
        Assert.Contains("-o default", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fish_completes()
    {
        string script = await ScriptAsync("fish");
        foreach ((string line, string expected) in Lines)
        {
            Check(Ask("fish", "--no-config", "-c", $"source {script}; complete -C '{line}'"), expected);
        }
    }

    // A zsh on a terminal of its own, with its completion as users have it: what it lists at Ctrl+D is looked at.
    [Fact]
    public async Task Zsh_completes()
    {
        string script = await ScriptAsync("zsh");
        foreach ((string line, string expected) in Lines)
        {
            string ask = _temp.Write("ask.zsh", $$"""
                zmodload zsh/zpty
                zpty shell zsh -f -i
                zpty -w shell "autoload -Uz compinit; compinit -u -d {{_temp.File("dump")}}; source {{script}}; LISTMAX=1000; PROMPT='rea%{%}dy'"
                zpty -r shell answer '*ready*'
                zpty -n -w shell $'{{line}}\x04'
                sleep 0.5
                zpty -n -w shell $'\x05 END\n'
                zpty -r shell answer '*END*'
                print -r -- "$answer"
                """);
            Check(TerminalCodes().Replace(Ask("zsh", "-f", ask), " "), expected);
        }
    }

    [Fact]
    public void Every_word_stands_in_the_scripts_as_it_is()
    {
        using StringWriter output = new();
        CommandLine line = new(new Services(new Reporter(new OutputTarget(output), new OutputTarget(TextWriter.Null)), []), helpWidth: 100);

        Assert.All(
            line.Root.Subcommands.SelectMany(verb => verb.Options).SelectMany(option => option.Aliases.Prepend(option.Name)),
            name => Assert.Matches("^-[a-z]$|^--[a-z0-9-]+$", name));
        Assert.All(
            line.Root.Subcommands.SelectMany(verb => verb.Options).Where(option => option.HelpName is not null).SelectMany(option => option.GetCompletions(CompletionContext.Empty)),
            word => Assert.Matches("^[a-z0-9+-]+$", word.Label)); // not the names of an enum
    }

    public void Dispose() => _temp.Dispose();

    private async Task<string> ScriptAsync(string shell)
    {
        CommandRun run = await CommandRun.InProcessAsync("completion", shell);
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        return _temp.Write($"completion.{shell}", run.Output);
    }

    private static string BashAnswer(string script, string words, int current) => Ask(
        "bash", "--norc", "-c", $"source {script}; COMP_WORDS=({words}); COMP_CWORD={current}; _layertool; printf '%s\\n' \"${{COMPREPLY[@]}}\"");

    private static string Ask(string shell, params string[] args)
    {
        bool installed = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, shell)));
        Assert.SkipUnless(installed, $"{shell} is not installed.");
        using Process process = Process.Start(new ProcessStartInfo(shell, args) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal("", errors.Result);
        return answer;
    }

    private static void Check(string answer, string expected)
    {
        string[] offered = answer.Split([' ', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
        foreach (string word in expected.Split(' '))
        {
            if (word[0] == '!')
            {
                Assert.DoesNotContain(word[1..], offered);
            }
            else
            {
                Assert.Contains(word, offered);
            }
        }
    }

    [GeneratedRegex(@"\e\[[0-9;?]*[a-zA-Z]")]
    private static partial Regex TerminalCodes();
}
