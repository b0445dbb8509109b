using System.Text.Json;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

[Collection(TorchCollection.Name)]
public sealed class GenerateCommandTests
{
    // As transformers continues it.
    private const string Story = "girl named Lily. She loved to play outside in the park. One day, she saw a big, red ball.";

    [Fact]
    public async Task The_story_is_the_one_that_transformers_tells()
    {
        CommandRun run = await CommandRun.InProcessAsync(
            "generate", SharedFiles.Model("stories260K"), "--prompt", "Once upon a time, there was a little", "-n", "60", "--dtype", "float32");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Once upon a time, there was a little " + Story, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_holds_the_new_text_and_its_tokens()
    {
        CommandRun run = await CommandRun.InProcessAsync("generate", SharedFiles.Model("stories260K"), "-p", "Once upon a time", "-n", "3", "--json");

        using JsonDocument report = JsonDocument.Parse(run.Output);
        Assert.Equal("layertool.generate/1", report.RootElement.GetProperty("schema").GetString());
        Assert.Equal(3, report.RootElement.GetProperty("tokens").GetArrayLength());
        Assert.Equal(",", report.RootElement.GetProperty("text").GetString()![..1]);
    }

    [Fact]
    public async Task A_plan_file_is_generated_from_as_it_is_played()
    {
        using TempFolder temp = new();
        string plan = temp.File("plan.json");
        string model = SharedFiles.Model("stories260K");
        await CommandRun.InProcessAsync("skip", model, "--attn-layers", "0-4", "--plan-out", plan);

        CommandRun edited = await CommandRun.InProcessAsync("generate", plan, "-p", "Once upon a time", "-n", "12");
        CommandRun plain = await CommandRun.InProcessAsync("generate", model, "-p", "Once upon a time", "-n", "12");

        Assert.Equal((0, 0), (edited.ExitCode, plain.ExitCode));
        Assert.NotEqual(plain.Output, edited.Output);
    }
}
