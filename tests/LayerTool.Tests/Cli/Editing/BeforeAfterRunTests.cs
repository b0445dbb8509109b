using System.Text.Json.Nodes;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli.Editing;

[Collection(TorchCollection.Name)]
public sealed class BeforeAfterRunTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static string Model => SharedFiles.Model("stories260K");

    [Fact]
    public async Task Both_plans_are_measured_on_the_same_text()
    {
        string text = _folder.Write("story.txt", "Once upon a time, there was a little girl named Lily. She loved to play outside in the park.");

        CommandRun run = await CommandRun.InProcessAsync("skip", Model, "--layers", "2", "--eval", text, "--dtype", "float32", "--threads", "1", "--seed", "7", "--json");

        Assert.Equal(0, run.ExitCode);
        JsonNode evaluation = JsonNode.Parse(run.Output)!["evaluation"]!;
        JsonNode settings = evaluation["settings"]!;
        Assert.Equal(("cpu", "float32", 1, 7L), (settings["device"]!.GetValue<string>(), settings["dtype"]!.GetValue<string>(), settings["threads"]!.GetValue<int>(), settings["seed"]!.GetValue<long>()));
        JsonNode measured = Assert.Single(evaluation["texts"]!.AsArray())!;
        Assert.Equal("story.txt", measured["name"]!.GetValue<string>());
        double before = measured["before"]!["tokenPerplexity"]!.GetValue<double>();
        double after = measured["after"]!["tokenPerplexity"]!.GetValue<double>();
        Assert.InRange(before, 1.5, 4); // the model was trained on such stories
        Assert.True(after > 1.5 * before, $"{before} before, {after} without layer 2");
    }

    [Fact]
    public async Task A_plan_file_measures_as_the_edit_that_wrote_it()
    {
        string plan = _folder.File("plan.json");
        string text = _folder.Write("story.txt", "Tom had a red ball.");
        await CommandRun.InProcessAsync("skip", Model, "--layers", "1", "--plan-out", plan);

        CommandRun whole = await CommandRun.InProcessAsync("skip", Model, "--layers", "1", "--eval", text, "--dtype", "float32", "--json");
        CommandRun again = await CommandRun.InProcessAsync("skip", plan, "--layers", "2", "--eval", text, "--dtype", "float32", "--json");

        double after = Perplexity(whole, "after");
        Assert.Equal(after, Perplexity(again, "before"), 1e-9);
        Assert.NotEqual(after, Perplexity(whole, "before"), 1e-3);
    }

    [Theory]
    [InlineData("arc_eazy", "there is no task `arc_eazy`")]
    [InlineData("missing.txt", "there is no file `missing.txt`")]
    public async Task What_is_no_file_is_said_before_the_model_is_opened(string name, string said)
    {
        CommandRun run = await CommandRun.InProcessAsync("skip", _folder.File("no-model"), "--layers", "1", "--eval", name);

        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains(said, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_text_at_fault_is_found_before_the_first_is_measured()
    {
        string text = _folder.Write("story.txt", "Tom had a red ball.");
        string empty = _folder.Write("empty.txt", "");

        CommandRun run = await CommandRun.OnTerminalAsync(100, "skip", Model, "--layers", "1", "--eval", $"{text},{empty}");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("empty.txt` is empty", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("story.txt", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Texts_of_the_same_name_are_told_apart_by_their_paths()
    {
        string one = _folder.Write("one/story.txt", "Tom had a red ball.");
        string two = _folder.Write("two/story.txt", "Lily saw a big dog.");

        CommandRun run = await CommandRun.InProcessAsync("skip", Model, "--layers", "1", "--eval", one, "--eval", two, "--dtype", "float32", "--json");

        Assert.Equal([one, two], JsonNode.Parse(run.Output)!["evaluation"]!["texts"]!.AsArray().Select(text => text!["name"]!.GetValue<string>()));
    }

    public void Dispose() => _folder.Dispose();

    private static double Perplexity(CommandRun run, string which) =>
        JsonNode.Parse(run.Output)!["evaluation"]!["texts"]![0]![which]!["tokenPerplexity"]!.GetValue<double>();
}
