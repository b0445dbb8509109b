using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

/// <summary>Every place of a command line that takes a path, with paths that nothing can be at.</summary>
[Collection(TorchCollection.Name)]
public sealed class PathTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<string> Lines =>
    [
        "inspect PATH",
        "diff MODEL PATH",
        "skip PATH --layers 1",
        "skip MODEL --layers 1 --out PATH",
        "skip MODEL --layers 1 --plan-out PATH",
        "skip MODEL --layers 1 --eval PATH",
        "restore MODEL --layers 1 --from PATH",
        "drop MODEL --attn 1 --by PATH",
        "drop MODEL --attn 1 --calib PATH",
        "score MODEL --out PATH",
        "eval MODEL --text PATH",
        "verify MODEL --expected PATH",
        "verify MODEL --record PATH --ids IDS",
        "verify MODEL --record RECORD --ids PATH",
        "verify MODEL --record RECORD --text PATH",
        "tokenize MODEL --lines PATH",
    ];

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task An_empty_path_is_wrong_usage(string line)
    {
        CommandRun run = await RunAsync(line, "");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("` is empty, expected a path", run.Errors, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task A_path_that_no_file_can_have_fails_with_a_sentence(string line)
    {
        string[] paths = [_folder.File(new string('n', 300)), _folder.File(string.Concat(Enumerable.Repeat("x/", 2500))), "a\0b", _folder.File(".")];
        foreach (string path in paths)
        {
            CommandRun run = await RunAsync(line, path);

            Assert.Equal((path, 1), (path, run.ExitCode));
            Assert.Single(run.Errors.Split('\n'), said => said.StartsWith("error: ", StringComparison.Ordinal));
        }

        Assert.Equal([_folder.File("ids.json")], Directory.GetFileSystemEntries(_folder.Path));
    }

    public void Dispose() => _folder.Dispose();

    private Task<CommandRun> RunAsync(string line, string path)
    {
        string ids = _folder.Write("ids.json", "[[1, 2, 3]]");
        return CommandRun.InProcessAsync([.. line.Split(' ').Select(word => word switch
        {
            "PATH" => path,
            "MODEL" => SharedFiles.Model("stories260K"),
            "IDS" => ids,
            "RECORD" => _folder.File("record.safetensors"),
            _ => word,
        })]);
    }
}
