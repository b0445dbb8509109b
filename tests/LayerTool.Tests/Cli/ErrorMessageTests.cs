using System.Text;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

/// <summary>What a user reads who makes a mistake: every message with its hint and exit code, side by side in one file.</summary>
[Collection(TorchCollection.Name)]
public sealed class ErrorMessageTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static string Model => SharedFiles.Model("stories260K");

    // DIR is a folder of this test, MODEL a checkpoint of five layers.
    private static readonly string[] WrongUsage =
    [
        "sikp MODEL --layers 1",
        "skip",
        "skip MODEL",
        "skip MODEL --layers",
        "skip MODEL --layers 3-1",
        "skip MODEL --layers 1,,2",
        "skip MODEL --layers 1 --shard-size huge",
        "skip MODEL --layers 1 --format gguf",
        "skip MODEL --layers 1 --limit 0",
        "skip MODEL --layers 1 --seed -3",
        "skip MODEL --layers 1 -o DIR/same --plan-out DIR/./same/",
        "skip MODEL --layers 1 --hash half",
        "skip MODEL OTHER --layers 1",
        "repeat MODEL --layers 1",
        "repeat MODEL --layers 1 --times 0",
        "restore MODEL --layers 1",
        "edit",
        "edit MODEL",
        "edit MODEL --from-mergekit merge.yml",
        "edit MODEL --plan '0-3, (4'",
        "edit MODEL --plan 0-3,5x",
        "edit MODEL --plan 0.attn.mlp",
        "edit MODEL --plan 0 --source base",
        "drop MODEL",
        "drop MODEL --attn 2 --mlp 2",
        "drop MODEL --attn 2 --attn-layers 3",
        "drop MODEL --attn --max-loss-increase much",
        "eval MODEL",
        "eval MODEL --text a.txt --bos perhaps",
        "generate MODEL",
        "generate MODEL --prompt hello -n none",
        "generate MODEL --prompt hello --temperature -1",
        "generate MODEL --prompt hello --top-k -1",
        "generate MODEL --prompt hello --top-p 0",
        "generate MODEL --prompt hello --min-p 2",
        "generate MODEL --prompt hello --repetition-penalty 0",
        "generate MODEL --prompt hello --stop ''",
        "tokenize MODEL",
        "diff MODEL",
        "verify",
    ];

    private static readonly string[] FailedRequests =
    [
        "inspect DIR/nothing",
        "inspect DIR",
        "inspect DIR/model.bin",
        "inspect DIR/model.gguf",
        "skip DIR/broken.json --layers 1",
        "skip DIR/sourceless.json --layers 1",
        "skip DIR/unsound.json --layers 1",
        "skip DIR/twice.json --layers 1",
        "skip MODEL --layers 1 -o DIR/story.txt",
        "skip MODEL --layers 1 --plan-out DIR/full",
        "skip MODEL --layers 5",
        "skip MODEL --layers -6",
        "skip MODEL --layers 1 --eval arc_easy",
        "skip MODEL --layers 1 --eval DIR/no.txt",
        "skip MODEL --layers 1 --out DIR/full",
        "skip MODEL --layers 1 --out MODEL",
        "skip MODEL --attn-layers 1 --format layers --out DIR/out",
        "skip MODEL --layers 1 --plan-out DIR/broken.json",
        "skip MODEL --layers all --out DIR/out",
        "repeat MODEL --layers all --times 60000",
        "repeat MODEL --layers 1 --times 1000000000",
        "edit MODEL --plan 0-5",
        "edit MODEL --plan 0,base:1",
        "edit MODEL --plan '0, [1|2]' --out DIR/out",
        "edit MODEL --plan 0 --source base=DIR/nothing",
        "edit --from-mergekit DIR/nothing.yml",
        "edit --from-mergekit DIR/slerp.yml",
        "edit --from-mergekit DIR/scaled.yml",
        "edit --from-mergekit DIR/long.yml",
        "restore MODEL --layers 1 --from DIR/nothing",
        "drop MODEL --attn 9 --calib DIR/story.txt",
        "drop MODEL --attn 1 --calib DIR/empty.txt",
        "drop MODEL --attn 1 --calib DIR/story.txt --samples 50",
        "drop MODEL --attn 1 --calib DIR/story.txt --seq 4000",
        "drop MODEL --attn 1 --by DIR/broken.json",
        "drop MODEL --attn 1 --calib DIR/unsound.jsonl",
        "drop MODEL --attn 1 --calib DIR/noids.json",
        "eval MODEL --text DIR/empty.txt",
        "eval MODEL --text DIR/story.txt --packed --seq 500",
        "eval MODEL --text DIR/rows.jsonl",
        "eval MODEL --text DIR/story.txt --device cuda:7",
        "tokenize MODEL --lines DIR/no.jsonl",
        "verify MODEL",
    ];

    [Fact]
    public async Task Wrong_usage_is_seen_from_the_line_alone() => await Check("Errors/usage", WrongUsage, exitCode: 2);

    [Fact]
    public async Task A_failed_request_says_what_was_expected_and_what_was_found()
    {
        _folder.Write("broken.json", "{ \"schema\": \"layertool.plan/1\", \"slots\": [ {\"layer\": -1} ] }");
        _folder.Write("sourceless.json", "{ \"schema\": \"layertool.plan/1\", \"notation\": \"0-2\" }");
        _folder.Write("full/notes.txt", "mine");
        _folder.Write("unsound.json", "{\n  \"schema\": \"layertool.plan/1\",\n  \"slots\": [}\n");
        _folder.Write("twice.json", "{ \"schema\": \"layertool.plan/1\",\n  \"schema\": \"layertool.plan/1\" }");
        _folder.Write("unsound.jsonl", "{\"text\": \"a\"}\n{\"text\": b}\n");
        _folder.Write("noids.json", "{\"ids\": []}");
        _folder.Write("model.bin", "pickled");
        _folder.Write("model.gguf", "GGUF");
        _folder.Write("empty.txt", "");
        _folder.Write("story.txt", "Once upon a time, there was a little girl named Lily.");
        _folder.Write("rows.jsonl", "{\"title\": \"a\", \"body\": \"b\"}\n");

        string slices = $"slices:\n- sources:\n  - model: {Model}\n    layer_range: [3, ";
        _folder.Write("slerp.yml", $"merge_method: slerp\n{slices}5]\n");
        _folder.Write("scaled.yml", $"merge_method: passthrough\nparameters:\n  scale: 0.5\n{slices}5]\n");
        _folder.Write("long.yml", $"merge_method: passthrough\n{slices}8]\n");

        await Check("Errors/requests", FailedRequests, exitCode: 1);

        Assert.Equal(15, Directory.GetFileSystemEntries(_folder.Path).Length);
    }

    public void Dispose() => _folder.Dispose();

    private async Task Check(string snapshot, string[] lines, int exitCode)
    {
        StringBuilder text = new();
        foreach (string line in lines)
        {
            string[] args = [.. ShellLine.Split(line).Select(word => word
                .Replace("MODEL", Model, StringComparison.Ordinal)
                .Replace("DIR", _folder.Path, StringComparison.Ordinal))];
            CommandRun run = await CommandRun.InProcessAsync([.. args, "--quiet"]);
            text.Append("$ layertool ").AppendLine(line);
            text.AppendLine(run.Errors);
            Assert.Contains("\nhint: ", run.Errors, StringComparison.Ordinal);
            Assert.True(run.ExitCode == exitCode, $"{line}\nended with {run.ExitCode}\n{run.Errors}");
        }

        Snapshot.Check(snapshot, text.ToString(), (Model, "MODEL"), (_folder.Path, "DIR"));
    }
}
