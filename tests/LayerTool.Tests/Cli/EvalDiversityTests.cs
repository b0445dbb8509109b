using System.Text.Json.Nodes;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

/// <summary><c>eval --diversity</c> on the sample pair, of which one answers less diversely.</summary>
[Collection(TorchCollection.Name)]
public sealed class EvalDiversityTests : IDisposable
{
    private static readonly string Pair = Path.Combine(SharedFiles.Repository, "samples", "pair");

    private readonly TempFolder _temp = new();

    private static string Post => Path.Combine(Pair, "post");

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Plans_and_another_model_are_measured_on_random_characters()
    {
        JsonNode json = await Json(Characters(), "--plan", "0-11", "--plan", "0-7,9-11", "--against", Path.Combine(Pair, "base"), "--template", "none");

        JsonArray plans = json["plans"]!.AsArray();
        Assert.Equal(3, plans.Count);
        Assert.All(plans, plan => Assert.Equal(
            ["alias", "validity,none", "diversity,none", "entropy,none", "validity of digits,none", "diversity of digits,none", "validity of letters,none", "diversity of letters,none"],
            plan!["results"]!["characters.jsonl"]!.AsObject().Select(field => field.Key)));
        Assert.All(plans, plan => Assert.Equal(64, plan!["configs"]!["characters.jsonl"]!["sha256"]!.GetValue<string>().Length));
        Assert.Equal(6, plans[0]!["n-samples"]!["characters.jsonl"]!["effective"]!.GetValue<int>());
    }

    [Fact]
    public async Task Answers_are_drawn_again_by_the_same_seed()
    {
        string[] options = ["--samples", "8", "--max-new-tokens", "6", "--min-p", "0.1", "--seed", "3"];

        JsonNode first = await Json(Towns(), options);
        JsonNode second = await Json(Towns(), options);
        JsonNode greedy = await Json(Towns(), "--samples", "2", "--temperature", "0", "--max-new-tokens", "6");

        JsonObject results = first["results"]!["towns.jsonl"]!.AsObject();
        Assert.Equal(
            ["alias", "distinct-1,none", "distinct-2,none", "distinct-3,none", "self-BLEU,none", "unique,none", "unique right,none", "pass@1,none", "pass@2,none", "pass@4,none", "pass@8,none"],
            results.Select(field => field.Key));
        Assert.Equal(results.ToJsonString(), second["results"]!["towns.jsonl"]!.ToJsonString());
        Assert.InRange(results["unique,none"]!.GetValue<double>(), 1.01, 8);
        Assert.Equal(1, greedy["results"]!["towns.jsonl"]!["unique,none"]!.GetValue<double>());
        Assert.Equal(1, greedy["results"]!["towns.jsonl"]!["self-BLEU,none"]!.GetValue<double>(), 1e-9);
        Assert.Equal(8, first["configs"]!["towns.jsonl"]!["samples"]!.GetValue<int>());
    }

    [Fact]
    public async Task Measures_are_shown_as_a_table()
    {
        CommandRun run = await CommandRun.InProcessAsync(
            "eval", Post, "--diversity", Characters(), "--diversity", Towns(), "--samples", "4", "--max-new-tokens", "4", "--dtype", "float32", "--threads", "1");

        Assert.True(run.ExitCode == 0, run.Errors);
        Snapshot.Check("Measure/eval-diversity", Decimals.Mask(run.Output), (Post, "POST"));
    }

    [Theory]
    [InlineData("no such file", "no-such-file.jsonl")]
    [InlineData("`answers` is no list of texts", "{\"prompt\":\"p\",\"answers\":3}")]
    [InlineData("has no text `prompt`", "{\"prompt\":3}")]
    [InlineData("`valid` has 1 answer", "{\"prompt\":\"p\",\"valid\":[\"1\"]}")]
    [InlineData("has no prompts", "")]
    public async Task Prompts_at_fault_are_named(string said, string text)
    {
        string file = text.EndsWith(".jsonl", StringComparison.Ordinal) ? text : _temp.Write("own.jsonl", text);

        CommandRun run = await CommandRun.InProcessAsync("eval", Post, "--diversity", file);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(said, run.Errors, StringComparison.Ordinal);
        Assert.Contains("hint: ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_type_of_the_softmax_is_read()
    {
        CommandRun run = await CommandRun.InProcessAsync("eval", Post, "--text", Path.Combine(Pair, "evaluation.jsonl"), "--limit", "1", "--softmax-dtype", "model");

        Assert.True(run.ExitCode == 0, run.Errors);
    }

    private static async Task<JsonNode> Json(string prompts, params string[] options)
    {
        CommandRun run = await CommandRun.InProcessAsync(["eval", Post, "--diversity", prompts, "--dtype", "float32", "--threads", "1", "--json", .. options]);
        Assert.True(run.ExitCode == 0, run.Errors);
        return JsonNode.Parse(run.Output)!;
    }

    private string Characters() =>
        _temp.Write("characters.jsonl", string.Join('\n', File.ReadLines(Path.Combine(Pair, "characters.jsonl")).Where((_, index) => index % 12 == 0)));

    private string Towns() => _temp.Write("towns.jsonl", """
        {"prompt": "Name a color.", "answers": ["red", "blue", "green", "white", "black"]}
        {"prompt": "Pick a random digit.", "answers": ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]}
        """);
}
