using System.Text.Json.Nodes;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

[Collection(TorchCollection.Name)]
public sealed class EvalCommandTests
{
    private static string Model => SharedFiles.Model("stories260K");

    private static string Edge => SharedFiles.Find("data/wikitext/edge.jsonl");

    private static string Wikitext => SharedFiles.Find("data/wikitext/test.jsonl");

    [Fact]
    public async Task Perplexities_of_tokens_words_and_bytes_are_shown_by_document()
    {
        CommandRun run = await CommandRun.InProcessAsync("eval", Model, "--text", Edge, "--dtype", "float32");

        Assert.Equal(0, run.ExitCode);
        Snapshot.Check("Measure/eval", Decimals.Mask(run.Output + "---\n" + run.Errors), (Model, "MODEL"));
    }

    [Fact]
    public async Task Packed_json_has_the_fields_and_numbers_of_the_reference()
    {
        JsonNode golden = JsonNode.Parse(await File.ReadAllTextAsync(SharedFiles.Find("golden/perplexity/stories260K.json"), TestContext.Current.CancellationToken))!;
        double expected = golden["runs"]![0]!["base"]!["window_nll"]!.AsArray().Take(4).Sum(loss => loss!.GetValue<double>());

        CommandRun run = await CommandRun.InProcessAsync(
            "eval", Model, "--text", Wikitext, "--packed", "--seq", "512", "--limit", "4", "--dtype", "float32", "--tokenizer", "raw", "--json");

        Assert.Equal(0, run.ExitCode);
        JsonNode json = JsonNode.Parse(run.Output)!;
        Assert.Equal("results", json.AsObject().First().Key);
        JsonNode result = json["results"]!["test.jsonl"]!;
        Assert.Equal(expected, result["nll_sum"]!.GetValue<double>(), 4 * 1e-3 * Math.Sqrt(512));
        Assert.Equal(4 * 511, result["tokens_predicted"]!.GetValue<long>());
        Assert.Equal(4, result["windows"]!.GetValue<int>());
        Assert.Equal(111, result["tokens_dropped"]!.GetValue<int>());
        Assert.Equal(Math.Exp(expected / (4 * 511)), result["token_perplexity,none"]!.GetValue<double>(), 0.05);
        Assert.Equal("float32", json["config"]!["dtype"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_plan_file_is_measured_as_the_edit_it_holds()
    {
        string plan = Path.Combine(Path.GetTempPath(), $"layertool-plan-{Guid.NewGuid():N}.json");
        try
        {
            Assert.Equal(0, (await CommandRun.InProcessAsync("skip", Model, "--attn-layers", "1", "--plan-out", plan)).ExitCode);

            CommandRun ofPlan = await CommandRun.InProcessAsync("eval", plan, "--text", Edge, "--dtype", "float32", "--json");
            CommandRun ofEdit = await CommandRun.InProcessAsync("drop", Model, "--attn-layers", "1", "--eval", Edge, "--dtype", "float32", "--json");

            Assert.Equal(
                JsonNode.Parse(ofPlan.Output)!["results"]!["edge.jsonl"]!["nll_sum"]!.GetValue<double>(),
                JsonNode.Parse(ofEdit.Output)!["evaluation"]!["texts"]![0]!["after"]!["nllSum"]!.GetValue<double>(),
                1e-3);
        }
        finally
        {
            File.Delete(plan);
        }
    }

    [Theory]
    [InlineData("there is no file", 1, "--text", "nowhere.txt")]
    [InlineData("`--seq` is 513; the model was made for 512 tokens", 1, "--text", "EDGE", "--seq", "513")]
    [InlineData("name the column with `--column`", 1, "--text", "EDGE", "--column", "text")]
    [InlineData("`--bos` is `maybe`", 2, "--text", "EDGE", "--bos", "maybe")]
    [InlineData("nothing to measure on", 2)]
    [InlineData("did you mean `arc_easy`?", 1, "--tasks", "arc_eazy")]
    [InlineData("task `piqa` has no split `validation`: there is no folder nowhere/piqa", 1, "--tasks", "piqa", "--data", "nowhere")]
    [InlineData("`--resume` goes on from the folder of `--log-samples`", 2, "--tasks", "piqa", "--resume")]
    [InlineData("`--limit` is `0`", 2, "--tasks", "piqa", "--limit", "0")]
    public async Task What_cannot_be_measured_is_said_in_one_sentence(string expected, int exitCode, params string[] options)
    {
        CommandRun run = await CommandRun.InProcessAsync(["eval", Model, .. options.Select(option => option == "EDGE" ? Edge : option)]);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains(expected, run.Errors, StringComparison.Ordinal);
    }
}
