using System.Text.Json;
using System.Text.Json.Nodes;
using LayerTool.Tests.Support;
using LayerTool.Tests.Tokenization;
using Xunit;

namespace LayerTool.Tests.Cli;

public sealed class TokenizeCommandTests
{
    private static readonly string Model = StoriesTokenizer.Folder;

    [Fact]
    public async Task Ids_text_and_counts_of_one_text_are_shown()
    {
        CommandRun run = await CommandRun.InProcessAsync("tokenize", Model, "Once upon\na time", "--special");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Snapshot.Check("Tokenize/text", run.Output);
    }

    [Fact]
    public async Task Json_of_one_text_begins_with_its_schema()
    {
        CommandRun run = await CommandRun.InProcessAsync("tokenize", Model, "a<s> b", "--json");

        JsonObject json = JsonNode.Parse(run.Output)!.AsObject();
        Assert.Equal("schema", json.First().Key);
        Assert.Equal("[261,1,410,268]", json["ids"]!.ToJsonString());
        Assert.Equal("a<s>  b", json["decoded"]!.GetValue<string>());
        Assert.Equal("""{"tokens":4,"characters":6,"bytes":6}""", json["counts"]!.ToJsonString());
    }

    [Theory]
    [InlineData(false, "ids")]
    [InlineData(true, "ids_special")]
    public async Task Lines_give_the_reference_one_object_each(bool special, string golden)
    {
        using TempFolder folder = new();
        string file = Path.Combine(folder.Path, "texts.jsonl");
        JsonArray cases = JsonNode.Parse(File.ReadAllBytes(Path.Combine(Model, "golden.json")))!["cases"]!.AsArray();
        await File.WriteAllLinesAsync(
            file, cases.Select(item => JsonSerializer.Serialize(new { text = item!["text"]!.GetValue<string>() })), TestContext.Current.CancellationToken);

        CommandRun run = await CommandRun.InProcessAsync(["tokenize", Model, "--lines", file, "--json", "--tokenizer", "raw", .. special ? ["--special"] : Array.Empty<string>()]);

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        string[] lines = run.Output.TrimEnd().Split('\n');
        Assert.Equal(cases.Select(item => item![golden]!.ToJsonString()), lines.Select(line => JsonNode.Parse(line)!["ids"]!.ToJsonString()));
        if (!special)
        {
            Assert.Equal(cases.Select(item => item!["decoded"]!.GetValue<string>()), lines.Select(line => JsonNode.Parse(line)!["decoded"]!.GetValue<string>()));
        }
    }

    [Fact]
    public async Task A_class_that_transformers_rebuilds_is_rebuilt_unless_raw()
    {
        using TempFolder folder = new();
        JsonNode file = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Model, "tokenizer.json"), TestContext.Current.CancellationToken))!;
        file["normalizer"] = null; // the recipe of the class has its own
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "tokenizer.json"), file.ToJsonString(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "tokenizer_config.json"), """{"tokenizer_class": "LlamaTokenizer"}""", TestContext.Current.CancellationToken);

        CommandRun whole = await CommandRun.InProcessAsync("tokenize", Model, "a b", "--json", "--tokenizer", "raw");
        CommandRun auto = await CommandRun.InProcessAsync("tokenize", folder.Path, "a b", "--json");
        CommandRun raw = await CommandRun.InProcessAsync("tokenize", folder.Path, "a b", "--json", "--tokenizer", "raw");

        Assert.Equal(whole.Output, auto.Output);
        Assert.NotEqual(raw.Output, auto.Output);
    }

    [Theory]
    [InlineData("nothing to tokenize")]
    [InlineData("not both", "text", "--lines", "file.jsonl")]
    public async Task A_line_without_one_kind_of_text_is_wrong_usage(string said, params string[] options)
    {
        CommandRun run = await CommandRun.InProcessAsync(["tokenize", Model, .. options]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(said, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named()
    {
        CommandRun run = await CommandRun.InProcessAsync("tokenize", Model, "--lines", "no-such-file.jsonl");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("no-such-file.jsonl", run.Errors, StringComparison.Ordinal);
    }
}
