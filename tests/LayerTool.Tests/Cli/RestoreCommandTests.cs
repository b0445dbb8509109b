using System.Text.Json.Nodes;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

public sealed class RestoreCommandTests
{
    private static string Model => SharedFiles.Model("stories260K");

    private static string Base => SharedFiles.Model("aidreams260K");

    [Fact]
    public async Task Layers_come_from_the_same_index_of_the_other_checkpoint()
    {
        CommandRun run = await CommandRun.InProcessAsync("restore", Model, "--layers", "1-2", "--from", Base, "--json", "--quiet");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Errors);
        Assert.Equal("0, base:1-2, 3-4", JsonNode.Parse(run.Output)!["plan"]!["after"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_checkpoint_of_another_shape_is_refused_field_by_field()
    {
        CommandRun run = await CommandRun.InProcessAsync("restore", Model, "--layers", "1", "--from", SharedFiles.Find("golden/models/llama"));

        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains("`hidden_size` is ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_rope_is_refused_unless_it_is_allowed()
    {
        string folder = Directory.CreateTempSubdirectory("layertool-restore-").FullName;
        try
        {
            foreach (string file in Directory.GetFiles(Base))
            {
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            }

            string config = Path.Combine(folder, "config.json");
            JsonObject json = JsonNode.Parse(await File.ReadAllTextAsync(config, TestContext.Current.CancellationToken))!.AsObject();
            json["rope_theta"] = 12345.0;
            json.Remove("rope_parameters");
            await File.WriteAllTextAsync(config, json.ToJsonString(), TestContext.Current.CancellationToken);

            CommandRun refused = await CommandRun.InProcessAsync("restore", Model, "--layers", "1", "--from", folder);
            CommandRun allowed = await CommandRun.InProcessAsync("restore", Model, "--layers", "1", "--from", folder, "--allow-config-mismatch");

            Assert.Equal(1, refused.ExitCode);
            Assert.Contains("12345", refused.Errors, StringComparison.Ordinal);
            Assert.Contains("--allow-config-mismatch", refused.Errors, StringComparison.Ordinal);
            Assert.Equal(0, allowed.ExitCode);
            Assert.Contains("warning: ", allowed.Errors, StringComparison.Ordinal);
            Assert.Contains("0, base:1, 2-4", allowed.Output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("`--from` is required", "--layers", "1")]
    [InlineData("nothing to restore", "--from", "x")]
    public async Task A_line_without_layers_or_source_is_wrong_usage(string said, params string[] options)
    {
        CommandRun run = await CommandRun.InProcessAsync(["restore", Model, .. options]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(said, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_is_not_there_is_named()
    {
        CommandRun run = await CommandRun.InProcessAsync("restore", Model, "--layers", "1", "--from", "./no-such-folder");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("no-such-folder", run.Errors, StringComparison.Ordinal);
    }
}
