using System.Text.Json.Nodes;
using LayerTool.Plans;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli.Editing;

[Collection(TorchCollection.Name)]
public sealed class MaterializeRunTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static string Model => SharedFiles.Model("stories260K");

    [Theory]
    [InlineData("layers", "--layers", "1,3")]
    [InlineData("zero", "--attn-layers", "1,3")]
    public async Task What_was_written_opens_again_with_the_same_numbers(string format, params string[] edit)
    {
        string text = _folder.Write("story.txt", "Once upon a time, there was a little girl named Lily.");
        string saved = _folder.File("saved");
        string[] measure = ["--eval", text, "--dtype", "float32", "--json"];

        CommandRun written = await CommandRun.InProcessAsync(["skip", Model, .. edit, "-o", saved, .. measure]);
        CommandRun opened = await CommandRun.InProcessAsync(["skip", saved, "--mlp-layers", "0", .. measure]);

        Assert.Equal((0, 0), (written.ExitCode, opened.ExitCode));
        JsonNode report = JsonNode.Parse(written.Output)!;
        Assert.Equal(format, report["saved"]!["format"]!.GetValue<string>());
        Assert.Equal(NllSum(report, "after"), NllSum(JsonNode.Parse(opened.Output)!, "before"), 1e-9);
    }

    [Fact]
    public async Task The_folder_says_how_it_came_about_and_later_edits_add_to_it()
    {
        string first = _folder.File("first");
        string second = _folder.File("second");

        await CommandRun.InProcessAsync("skip", Model, "--layers", "1", "-o", first);
        CommandRun run = await CommandRun.InProcessAsync("skip", first, "--layers", "2", "-o", second);

        Assert.Equal(0, run.ExitCode);
        PlanFile record = PlanJson.ReadFile(Path.Combine(second, "layertool.json"));
        Assert.Equal([["--layers", "1"], ["--layers", "2"]], record.History.Select(entry => entry.Arguments[1..3].ToArray()));
        Assert.Equal("0-1, 3", PlanNotation.Print(record.Plan)); // of the source that was opened, which had lost a layer already
    }

    [Fact]
    public async Task What_cannot_be_written_is_said_before_anything_is_measured()
    {
        string existing = _folder.Write("out/config.json", "{}");
        string text = _folder.Write("story.txt", "Once upon a time");

        CommandRun run = await CommandRun.InProcessAsync("skip", Model, "--layers", "1", "--eval", text, "-o", Path.GetDirectoryName(existing)!);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("--force", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("perplexity", run.Output, StringComparison.Ordinal);
        Assert.Equal("{}", await File.ReadAllTextAsync(existing, TestContext.Current.CancellationToken));
    }

    public void Dispose() => _folder.Dispose();

    private static double NllSum(JsonNode report, string which) => report["evaluation"]!["texts"]![0]![which]!["nllSum"]!.GetValue<double>();
}
