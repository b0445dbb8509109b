using System.Text.Json.Nodes;
using LayerTool.Checkpoints;
using LayerTool.Plans;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

public sealed class EditCommandTests
{
    private static string Model => SharedFiles.Model("stories260K");

    private static string Base => SharedFiles.Model("aidreams260K");

    [Fact]
    public async Task Any_plan_over_two_checkpoints_is_taken_and_shown_in_canonical_form()
    {
        CommandRun run = await CommandRun.InProcessAsync(
            "edit", Model, "--plan", "0,1, base:2, 3.mlp, [4|0]", "--source", $"base={Base}", "--json", "--quiet");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Errors);
        Assert.Equal("0-1, base:2, 3.mlp, [4|0]", JsonNode.Parse(run.Output)!["plan"]!["after"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_plan_file_brings_its_sources_along()
    {
        string folder = Directory.CreateTempSubdirectory("layertool-edit-").FullName;
        try
        {
            string file = Path.Combine(folder, "plan.json");
            PlanFile plan = new(PlanNotation.Parse("0, other:1-4"))
            {
                Sources = [new PlanSource("main", "elsewhere"), new PlanSource("other", Path.GetRelativePath(folder, Base))],
            };
            PlanJson.WriteFile(plan, file);

            CommandRun run = await CommandRun.InProcessAsync("edit", Model, "--plan", file, "--json", "--quiet");

            Assert.Equal(0, run.ExitCode);
            Assert.Equal("0, other:1-4", JsonNode.Parse(run.Output)!["plan"]!["after"]!.GetValue<string>());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("`--plan`: plan, position 6: expected `,` or the end, found `1`", "--plan", "0, 1 1")]
    [InlineData("`--plan` names the file `no-such.json`, which does not exist", "--plan", "no-such.json")]
    [InlineData("`--plan` is required")]
    [InlineData("`--source` is `base`, expected a name and a model, such as `base=FOLDER`", "--plan", "0", "--source", "base")]
    [InlineData("`--source` is `1=x`, expected a name and a model", "--plan", "0", "--source", "1=x")]
    [InlineData("`--source` names `a` again", "--plan", "0", "--source", "a=x", "--source", "a=y")]
    [InlineData("`--source` names `main` again: that is MODEL", "--plan", "0", "--source", "main=x")]
    public async Task What_is_wrong_from_the_line_alone_is_wrong_usage(string said, params string[] options)
    {
        CommandRun run = await CommandRun.InProcessAsync(["edit", Model, .. options]);

        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains(said, run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("slot 1, `7`: the source `main` has the layers 0 to 4", "0, 7")]
    [InlineData("slot 0, `base:0`: the source `base` is not known", "base:0")]
    [InlineData("slot 0, `0+lora`: the adapter `lora` is not known", "0+lora")]
    public async Task What_the_checkpoints_do_not_have_fails_and_names_the_slot(string said, string plan)
    {
        CommandRun run = await CommandRun.InProcessAsync("edit", Model, "--plan", plan);

        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains(said, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_merge_file_brings_plan_checkpoints_and_type_and_its_paths_count_from_the_current_folder()
    {
        using TempFolder folder = new();

        CommandRun run = await CommandRun.InChildAsync(
            SharedFiles.Find("golden"), ["edit", "--from-mergekit", "mergekit/pass-scale-gradient/merge.yml", "-o", folder.File("out"), "--plan-out", folder.File("plan.json"), "--json", "--quiet"]);

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        JsonNode report = JsonNode.Parse(run.Output)!;
        Assert.Equal("./models/llama", report["merge"]!["sources"]![0]!["model"]!.GetValue<string>());
        Assert.Equal("0*1/0.5, 1*0.8125/0.25, 2.attn*0.625, 3*0.4375/0.5, 4*0.25/1", report["plan"]!["after"]!.GetValue<string>());
        Assert.All(Checkpoint.Open(folder.File("out")).Tensors.Values, tensor => Assert.Equal("F32", tensor.Dtype.Name));

        CommandRun again = await CommandRun.InProcessAsync("inspect", folder.File("plan.json"), "--json", "--quiet");
        Assert.Equal((0, ""), (again.ExitCode, again.Errors));
    }

    [Fact]
    public async Task The_type_of_the_line_wins_over_that_of_the_merge_file()
    {
        using TempFolder folder = new();

        CommandRun run = await CommandRun.InChildAsync(
            SharedFiles.Find("golden"), ["edit", "--from-mergekit", "mergekit/pass-scale-gradient/merge.yml", "-o", folder.File("out"), "--save-dtype", "float16", "--quiet"]);

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Checkpoint saved = Checkpoint.Open(folder.File("out"));
        Assert.All(saved.Tensors.Values, tensor => Assert.Equal("F16", tensor.Dtype.Name));
        Assert.Equal("float16", saved.ConfigJson["dtype"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("--plan", "0")]
    [InlineData("--source", "a=b")]
    [InlineData("MODEL")]
    public async Task Beside_a_merge_file_nothing_else_names_what_is_played(params string[] more)
    {
        CommandRun run = await CommandRun.InProcessAsync(["edit", "--from-mergekit", "merge.yml", .. more]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("`--from-mergekit` brings plan and checkpoints", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_empty_plan_is_embedding_norm_and_head()
    {
        CommandRun run = await CommandRun.InProcessAsync("edit", Model, "--plan", "none", "--json", "--quiet");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("none", JsonNode.Parse(run.Output)!["plan"]!["after"]!.GetValue<string>());
    }
}
