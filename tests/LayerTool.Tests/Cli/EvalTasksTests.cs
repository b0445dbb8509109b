using System.Text.Json.Nodes;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

/// <summary><c>eval --tasks</c> from the command line, on a small real model.</summary>
[Collection(TorchCollection.Name)]
public sealed class EvalTasksTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static string Model => SharedFiles.Model("stories260K");

    private static string Data => SharedFiles.Find("data");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Results_have_the_harness_schema_and_numbers()
    {
        JsonNode golden = JsonNode.Parse(await File.ReadAllTextAsync(SharedFiles.Find("golden/harness/stories260K/arc_easy-5.json"), TestContext.Current.CancellationToken))!;

        JsonNode json = await Json("--tasks", "arc_easy", "--num-fewshot", "5", "--limit", "100");

        Assert.Equal(
            ["results", "group_subtasks", "configs", "versions", "n-shot", "higher_is_better", "n-samples", "config", "layertool_version", "total_evaluation_time_seconds",
             "tokens_per_second", "peak_memory_bytes"],
            json.AsObject().Select(field => field.Key));
        foreach ((string name, JsonNode? value) in golden["results"]!.AsObject())
        {
            Assert.Equal(value!.GetValue<double>(), json["results"]!["arc_easy"]![name]!.GetValue<double>(), 1e-6);
        }

        Assert.Equal(5, json["n-shot"]!["arc_easy"]!.GetValue<int>());
        Assert.Equal(100, json["n-samples"]!["arc_easy"]!["effective"]!.GetValue<int>());
        Assert.Equal(1000, json["n-samples"]!["arc_easy"]!["original"]!.GetValue<int>());
        Assert.True(json["higher_is_better"]!["arc_easy"]!["acc_norm"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Results_are_shown_as_a_table()
    {
        CommandRun run = await Run("--tasks", "arc_easy,lambada_openai,wikitext", "--limit", "3", "--bootstrap-iters", "100");

        Assert.Equal(0, run.ExitCode);
        string[] lines = run.Output.TrimEnd().Split('\n');
        Assert.Matches("^[0-9,]+ tokens, [0-9.]+ times as many with each request alone; .+, [0-9,]+ tokens/s, [0-9.]+ [MG]B at most$", lines[^1]);
        Snapshot.Check("Measure/eval-tasks", Decimals.Mask(string.Join('\n', lines[..^1])), (Model, "MODEL"));
    }

    [Fact]
    public async Task A_group_is_the_mean_of_its_tasks_weighted_by_their_documents()
    {
        string data = Path.Combine(_folder.Path, "data");
        foreach ((string area, int documents) in (ReadOnlySpan<(string, int)>)[("global_facts", 4), ("philosophy", 9)])
        {
            Directory.CreateDirectory(Path.Combine(data, $"mmlu_{area}"));
            string[] rows = File.ReadAllLines(Path.Combine(Data, $"mmlu_{area}", "test.jsonl"));
            File.WriteAllLines(Path.Combine(data, $"mmlu_{area}", "test.jsonl"), rows[..documents]);
        }

        CommandRun run = await CommandRun.InProcessAsync("eval", Model, "--tasks", "mmlu_global_facts,mmlu_philosophy", "--data", data, "--num-fewshot", "0", "--json", "--dtype", "float32");
        CommandRun whole = await CommandRun.InProcessAsync("eval", Model, "--tasks", "mmlu_stem", "--data", data, "--json", "--dtype", "float32");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(1, whole.ExitCode);
        Assert.Contains("task `mmlu_abstract_algebra` has no split `test`", whole.Errors, StringComparison.Ordinal);
        Assert.Equal(9, JsonNode.Parse(run.Output)!["n-samples"]!["mmlu_philosophy"]!["effective"]!.GetValue<int>());
    }

    [Fact]
    public async Task Samples_are_logged_and_replayed_without_a_difference()
    {
        string samples = Path.Combine(_folder.Path, "samples");

        JsonNode json = await Json("--tasks", "arc_easy,gsm8k", "--limit", "2", "--num-fewshot", "0", "--log-samples", samples);

        string[] files = [.. Directory.EnumerateFiles(samples).Order(StringComparer.Ordinal)];
        Assert.Equal(2, files.Length);
        Assert.StartsWith("samples_arc_easy_20", Path.GetFileName(files[0]), StringComparison.Ordinal);
        JsonNode sample = JsonNode.Parse(File.ReadLines(files[0]).First())!;
        Assert.Equal(0, sample["doc_id"]!.GetValue<int>());
        Assert.Equal("none", sample["filter"]!.GetValue<string>());
        Assert.StartsWith("Question: ", sample["arguments"]!["gen_args_3"]!["arg_0"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("False", sample["resps"]![3]![0]![1]!.GetValue<string>());
        Assert.Equal(4, File.ReadLines(files[1]).Count());
        Assert.NotNull(json["results"]!["gsm8k"]!["exact_match,flexible-extract"]);
        foreach (string file in files)
        {
            CommandRun replay = await CommandRun.InProcessAsync("eval", Model, "--replay", file, "--dtype", "float32", "--json");
            JsonNode result = JsonNode.Parse(replay.Output)!;
            Assert.Equal(2, result["documents"]!.GetValue<int>());
            Assert.Empty(result["flipped"]!.AsArray());
            Assert.Equal(0, result["beyondTolerance"]!.GetValue<int>());
        }
    }

    [Fact]
    public async Task A_stopped_run_is_taken_up_and_gives_the_same()
    {
        string samples = Path.Combine(_folder.Path, "samples");
        string[] options = ["--tasks", "arc_easy,piqa", "--limit", "8", "--plan", "0-4", "--plan", "0-2,4"];
        JsonNode whole = await Json([.. options, "--log-samples", samples]);
        JsonNode[] answers = [.. Directory.EnumerateFiles(Path.Combine(samples, "0-4"), "samples_arc_easy*").SelectMany(File.ReadLines).Select(line => JsonNode.Parse(line)!)];
        Assert.Equal(8, answers.Length);

        // What a run that was killed leaves: the head, some documents, and half a line.
        string stopped = Path.Combine(_folder.Path, "stopped");
        await StopAfter(3, stopped, options);
        string journal = Path.Combine(stopped, "answers.jsonl");
        string[] lines = await File.ReadAllLinesAsync(journal, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(journal, string.Join('\n', lines) + "\n{\"task\":\"pi", TestContext.Current.CancellationToken);

        CommandRun resumed = await Run([.. options, "--log-samples", stopped, "--resume", "--json"]);
        CommandRun other = await Run(["--tasks", "arc_easy", "--limit", "8", "--log-samples", stopped, "--resume"]);

        Assert.Equal(0, resumed.ExitCode);
        Assert.Contains("3 of 16 documents have their answers already", resumed.Errors, StringComparison.Ordinal);
        Assert.Equal(whole["plans"]![1]!["results"]!.ToJsonString(), JsonNode.Parse(resumed.Output)!["plans"]![1]!["results"]!.ToJsonString());
        Assert.False(File.Exists(journal));
        Assert.Equal(0, other.ExitCode); // nothing is left to go on with
    }

    [Fact]
    public async Task Answers_of_another_run_are_not_taken_up()
    {
        string samples = Path.Combine(_folder.Path, "samples");
        string[] options = ["--tasks", "arc_easy", "--limit", "4"];
        await StopAfter(1, samples, options);

        CommandRun shots = await Run([.. options, "--num-fewshot", "1", "--log-samples", samples, "--resume"]);
        CommandRun model = await CommandRun.InProcessAsync(
            ["eval", SharedFiles.Model("aidreams260K"), .. options, "--data", Data, "--dtype", "float32", "--log-samples", samples, "--resume"]);

        Assert.Equal(1, shots.ExitCode);
        Assert.Contains("`questions of arc_easy` is", shots.Errors, StringComparison.Ordinal);
        Assert.Equal(1, model.ExitCode);
        Assert.Contains("holds the answers of another run: `model` is", model.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Before_and_after_an_edit_stand_side_by_side()
    {
        CommandRun run = await CommandRun.InProcessAsync(
            "drop", Model, "--attn-layers", "2", "--eval", "arc_easy,lambada_openai", "--data", Data, "--limit", "20", "--dtype", "float32");
        CommandRun same = await CommandRun.InProcessAsync(
            "eval", Model, "--plan", "0-4", "--plan", "0-1,2.mlp,3-4", "--tasks", "arc_easy", "--data", Data, "--limit", "20", "--dtype", "float32", "--json");

        Assert.Equal(0, run.ExitCode);
        Snapshot.Check("Measure/drop-eval-tasks", Decimals.Mask(run.Output), (Model, "MODEL"));
        Assert.Equal(0, same.ExitCode);
        JsonNode difference = JsonNode.Parse(same.Output)!["differences"]![0]!;
        Assert.Equal("acc,none", difference["metric"]!.GetValue<string>());
        Assert.InRange(difference["difference"]!.GetValue<double>(), difference["low"]!.GetValue<double>(), difference["high"]!.GetValue<double>());
    }

    [Fact]
    public async Task Tasks_are_listed_without_a_model()
    {
        CommandRun run = await CommandRun.InProcessAsync("eval", "--list-tasks");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("lambada_openai", run.Output, StringComparison.Ordinal);
        Assert.Contains("mmlu_social_sciences", run.Output, StringComparison.Ordinal);
    }

    // A run whose first documents alone are in the journal: what it is when it is killed there.
    private static async Task StopAfter(int documents, string folder, string[] options)
    {
        Directory.CreateDirectory(folder);
        string journal = Path.Combine(folder, "answers.jsonl");
        using CancellationTokenSource stop = new();
        Task<CommandRun> run = CommandRun.UntilStoppedAsync(["eval", Model, .. options, "--data", Data, "--dtype", "float32", "--log-samples", folder, "--batch-size", "1"], stop.Token);
        while (!run.IsCompleted && (!File.Exists(journal) || Lines(journal).Length < documents + 1))
        {
            await Task.Delay(2, TestContext.Current.CancellationToken);
        }

        await stop.CancelAsync();
        Assert.Equal(130, (await run).ExitCode);
        string[] lines = Lines(journal);
        Assert.True(lines.Length > documents);
        File.WriteAllLines(journal, lines[..(documents + 1)]);
    }

    private static string[] Lines(string file)
    {
        using StreamReader reader = new(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static Task<CommandRun> Run(params string[] options) =>
        CommandRun.InProcessAsync(["eval", Model, .. options, "--data", Data, "--dtype", "float32"]);

    private static async Task<JsonNode> Json(params string[] options)
    {
        CommandRun run = await Run([.. options, "--json"]);
        Assert.True(run.ExitCode == 0, run.Errors);
        return JsonNode.Parse(run.Output)!;
    }
}
