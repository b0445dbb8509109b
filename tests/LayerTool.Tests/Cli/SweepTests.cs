using System.Diagnostics;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

/// <summary>Many plans on several tasks from one command, killed half-way and taken up.</summary>
[Collection(TorchCollection.Name)]
public sealed class SweepTests : IDisposable
{
    private const int Documents = 24;

    private static readonly string[] Plans =
    [
        "0-4", "0-3", "1-4", "0, 2-4", "0-1, 3-4", "0-2, 4", "0-3, 4.attn", "0-3, 4.mlp", "0-2, 3.mlp, 4", "0-1, 2.mlp, 3-4", "0, 1.mlp, 2-4",
        "0.mlp, 1-4", "0-2, 3.attn, 4", "0-1, 2.attn, 3-4", "0-3, (4)x2", "(0-4)x2", "0-1, (2)x2, 3-4", "0-3, 4*0.5", "0-2, 3*0.5, 4", "[0|1], 2-4",
    ];

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task A_sweep_that_was_killed_goes_on_and_gives_the_same_table()
    {
        string plans = _temp.Write("plans.txt", string.Join('\n', Plans));
        string[] Line(string folder) =>
        [
            "eval", SharedFiles.Model("stories260K"), "--plans", plans, "--tasks", "arc_easy,piqa,winogrande", "--limit", "8", "--batch-size", "2",
            "--data", SharedFiles.Find("data"), "--dtype", "float32", "--threads", "1", "--log-samples", folder,
        ];
        string killed = _temp.File("killed"), journal = Path.Combine(killed, "answers.jsonl");

        using (Process child = CommandRun.StartChild(Line(killed)))
        {
            while (!child.HasExited && Count(journal) <= Documents / 3)
            {
                await Task.Delay(2, TestContext.Current.CancellationToken);
            }

            child.Kill();
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.InRange(Count(journal), (Documents / 3) + 1, Documents);
        CommandRun resumed = await CommandRun.InProcessAsync([.. Line(killed), "--resume"]);
        CommandRun whole = await CommandRun.InProcessAsync(Line(_temp.File("whole")));

        Assert.True(resumed.ExitCode == 0, resumed.Errors);
        Assert.Matches($"(?m)^[1-9][0-9]* of {Documents} documents have their answers already", resumed.Errors);
        Assert.Equal(Table(whole), Table(resumed));
        Assert.All(Plans, plan => Assert.Contains(Table(whole), line => line.Contains($"  {plan}  ", StringComparison.Ordinal)));
        Assert.False(File.Exists(journal));
        Assert.Equal(Plans.Length, Directory.GetDirectories(killed).Length);
    }

    // The last line tells the time that it took.
    private static string[] Table(CommandRun run) => run.Output.TrimEnd().Split('\n')[..^1];

    private static int Count(string journal)
    {
        if (!File.Exists(journal))
        {
            return 0;
        }

        using StreamReader reader = new(new FileStream(journal, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd().Count(letter => letter == '\n');
    }
}
