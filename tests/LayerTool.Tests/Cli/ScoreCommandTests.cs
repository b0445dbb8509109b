using System.Text.Json.Nodes;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

[Collection(TorchCollection.Name)]
public sealed class ScoreCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("layertool-score-").FullName;

    private static string Model => SharedFiles.Model("stories260K");

    private static string Golden => SharedFiles.Find("golden/methods/scores-stories260K.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Scores_are_shown_with_the_order_of_dropping()
    {
        CommandRun run = await CommandRun.InProcessAsync("score", Model, "--calib", Golden, "--dtype", "float32");

        Assert.Equal(0, run.ExitCode);
        Snapshot.Check("Measure/score", Decimals.Mask(run.Output + "---\n" + run.Errors), (Model, "MODEL"));
    }

    [Fact]
    public async Task The_json_is_a_ranking_with_the_scores_of_the_reference()
    {
        CommandRun run = await CommandRun.InProcessAsync("score", Model, "--calib", Golden, "--dtype", "float32", "--json", "--quiet");

        JsonObject json = JsonNode.Parse(run.Output)!.AsObject();
        JsonNode golden = JsonNode.Parse(await File.ReadAllTextAsync(Golden, TestContext.Current.CancellationToken))!;
        Assert.Equal("schema", json.First().Key);
        Assert.Equal("layertool.ranking/1", json["schema"]!.GetValue<string>());
        for (int layer = 0; layer < 5; layer++)
        {
            JsonNode scores = json["scores"]![layer]!;
            Assert.Equal(golden["attention"]![layer]!.GetValue<double>(), scores["attention"]!.GetValue<double>(), 1e-5);
            Assert.Equal(golden["mlp"]![layer]!.GetValue<double>(), scores["mlp"]!.GetValue<double>(), 1e-5);
            Assert.Equal(golden["block"]![layer]!.GetValue<double>(), scores["block"]!.GetValue<double>(), 1e-5);
        }

        Assert.Equal(golden["attention_drop_order"]!.ToJsonString(), json["order"]!["attention"]!.ToJsonString());
    }

    [Fact]
    public async Task A_file_of_scores_chooses_what_is_dropped_without_the_text()
    {
        string file = Path.Combine(_folder, "ranking.json");
        Assert.Equal(0, (await CommandRun.InProcessAsync("score", Model, "--calib", Golden, "--dtype", "float32", "-o", file)).ExitCode);

        CommandRun run = await CommandRun.InProcessAsync("drop", Model, "--attn", "2", "--by", file, "--json", "--quiet");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("0-1, 2.mlp, 3, 4.mlp", JsonNode.Parse(run.Output)!["plan"]!["after"]!.GetValue<string>());
    }

    [Fact]
    public async Task Scores_of_another_model_are_refused_though_its_shapes_are_the_same()
    {
        string file = Path.Combine(_folder, "ranking.json");
        Assert.Equal(0, (await CommandRun.InProcessAsync("score", Model, "--calib", Golden, "-o", file)).ExitCode);

        CommandRun run = await CommandRun.InProcessAsync("drop", SharedFiles.Model("aidreams260K"), "--attn", "2", "--by", file);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("model hash is `", run.Errors, StringComparison.Ordinal);
        Assert.Contains("hint: ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scores_of_another_type_or_text_than_asked_for_are_refused()
    {
        string file = Path.Combine(_folder, "ranking.json");
        Assert.Equal(0, (await CommandRun.InProcessAsync("score", Model, "--calib", Golden, "--dtype", "float32", "-o", file)).ExitCode);

        CommandRun dtype = await CommandRun.InProcessAsync("drop", Model, "--attn", "2", "--by", file, "--dtype", "bfloat16");
        CommandRun text = await CommandRun.InProcessAsync("drop", Model, "--attn", "2", "--by", file, "--calib", Golden, "--samples", "3");

        Assert.Equal((1, 1), (dtype.ExitCode, text.ExitCode));
        Assert.Contains("dtype is `float32`, here it is `bfloat16`", dtype.Errors, StringComparison.Ordinal);
        Assert.Contains("calibration hash is `", text.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("need 9 sequences of 512 tokens, `scores-stories260K.json` gives 8 (2,048 tokens)", "--samples", "9")]
    [InlineData("`--seq` is 600; the model was made for 512 tokens", "--seq", "600")]
    public async Task Text_that_gives_less_than_was_asked_for_is_refused(string expected, params string[] options)
    {
        CommandRun run = await CommandRun.InProcessAsync(["score", Model, "--calib", Golden, .. options]);

        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains(expected, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_text_is_refused()
    {
        string file = Path.Combine(_folder, "empty.jsonl");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);

        CommandRun run = await CommandRun.InProcessAsync("score", Model, "--calib", file);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("is empty", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_there_is_kept()
    {
        string file = Path.Combine(_folder, "ranking.json");
        await File.WriteAllTextAsync(file, "mine", TestContext.Current.CancellationToken);

        CommandRun run = await CommandRun.InProcessAsync("score", Model, "--calib", Golden, "-o", file);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("mine", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }
}
