using System.Text.Json.Nodes;
using LayerTool.Cli.Options;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

[Collection(TorchCollection.Name)]
public sealed class DropCommandTests
{
    private static readonly HashSet<string> Counts = ["--attn", "--mlp"];

    private static string Model => SharedFiles.Model("stories260K");

    private static string Golden => SharedFiles.Find("golden/methods/scores-stories260K.json");

    [Theory]
    [InlineData("--attn", "0-1, 2.mlp, 3, 4.mlp")]
    [InlineData("--mlp", "0-2, 3-4.attn")]
    [InlineData("--blocks", "0-2")]
    [InlineData("--joint", "0-1, 2.mlp, 3, 4.mlp")]
    public async Task The_lowest_are_dropped(string option, string expected)
    {
        CommandRun run = await CommandRun.InProcessAsync("drop", Model, option, "2", "--calib", Golden, "--dtype", "float32", "--json", "--quiet");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(expected, JsonNode.Parse(run.Output)!["plan"]!["after"]!.GetValue<string>());
    }

    [Fact]
    public async Task Without_a_number_the_loss_decides_and_the_curve_is_shown()
    {
        CommandRun run = await CommandRun.InProcessAsync(
            "drop", "--attn", Model, "--calib", Golden, "--dtype", "float32", "--max-loss-increase", "8%");

        Assert.Equal(0, run.ExitCode);
        Snapshot.Check("Measure/drop-by-loss", Decimals.Mask(run.Output + "---\n" + run.Errors), (Model, "MODEL"));
    }

    [Fact]
    public async Task The_tools_own_text_serves_with_a_warning()
    {
        CommandRun run = await CommandRun.InProcessAsync("drop", Model, "--attn", "1");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("warning: no `--calib`", run.Errors, StringComparison.Ordinal);
        Assert.Contains("16 × 512 tokens of the built-in text", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Layers_can_be_named_and_then_no_score_is_taken()
    {
        CommandRun run = await CommandRun.InProcessAsync("drop", Model, "--attn-layers", "3,1", "--mlp-layers", "1", "--json", "--quiet");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("0, 2, 3.mlp, 4", JsonNode.Parse(run.Output)!["plan"]!["after"]!.GetValue<string>());
    }

    [Fact]
    public async Task More_than_there_are_is_said_before_anything_is_scored()
    {
        CommandRun run = await CommandRun.InProcessAsync("drop", Model, "--attn", "6");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("error: cannot drop 6 attention sublayers: the model has 5\nhint: ", run.Errors.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nothing to drop")]
    [InlineData("are two choices", "--attn", "1", "--mlp", "1")]
    [InlineData("give one of the two", "--attn", "1", "--layers", "2")]
    [InlineData("`--attn` is `-1`", "--attn", "-1")]
    [InlineData("`--max-loss-increase` is `much`", "--attn", "--max-loss-increase", "much")]
    public async Task A_line_that_does_not_say_what_to_drop_is_wrong_usage(string expected, params string[] options)
    {
        CommandRun run = await CommandRun.InProcessAsync(["drop", Model, .. options]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("drop M --attn 8", "drop M --attn=8")]
    [InlineData("drop --attn M", "drop --attn=auto M")]
    [InlineData("drop M --attn", "drop M --attn=auto")]
    [InlineData("drop --attn --mlp 2 M", "drop --attn=auto --mlp=2 M")]
    [InlineData("drop --attn=8 M", "drop --attn=8 M")]
    [InlineData("drop -- --attn 8", "drop -- --attn 8")]
    public void The_next_word_is_a_number_only_where_it_is_a_whole_one(string line, string expected)
    {
        Assert.Equal(expected, string.Join(' ', DropCountOption.Join(line.Split(' '), Counts)));
    }

    [Fact]
    public async Task Perplexity_is_shown_before_and_after()
    {
        string text = SharedFiles.Find("data/wikitext/edge.jsonl");

        CommandRun run = await CommandRun.InProcessAsync("drop", Model, "--attn-layers", "1", "--eval", text, "--dtype", "float32");

        Assert.Equal(0, run.ExitCode);
        Snapshot.Check("Measure/drop-eval", Decimals.Mask(run.Output + "---\n" + run.Errors), (Model, "MODEL"));
    }
}
