using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LayerTool.Checkpoints;
using LayerTool.Plans;
using LayerTool.Safetensors;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

[Collection(TorchCollection.Name)]
public sealed class TieCommandTests
{
    private static string Model => SharedFiles.Model("stories260K");

    private static string Base => Path.Combine(SharedFiles.Repository, "samples", "pair", "base");

    [Fact]
    public async Task Nothing_is_written_without_a_folder_and_everything_is_told()
    {
        CommandRun run = await CommandRun.InProcessAsync("tie", Base, "--loops", "3", "--lora-rank", "16", "--json", "--quiet");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Errors);
        JsonNode json = JsonNode.Parse(run.Output)!;
        JsonNode tie = json["tie"]!;
        Assert.Equal([0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3], tie["map"]!.AsArray().Select(shared => shared!.GetValue<int>()));
        Assert.Equal([0, 4, 8], tie["sources"]![0]!.AsArray().Select(depth => depth!.GetValue<int>()));
        Assert.Equal("average", tie["init"]!.GetValue<string>());
        Assert.Equal("per-depth", tie["norms"]!.GetValue<string>());
        Assert.Equal(4 * 101_568, tie["cost"]!["sharedLayers"]!["parameters"]!.GetValue<long>());
        Assert.Equal(12 * 7, json["residual"]!["matrices"]!.AsArray().Count);
        Assert.Null(json["saved"]);
    }

    [Fact]
    public async Task The_table_fits_a_terminal_of_a_hundred_columns()
    {
        CommandRun run = await CommandRun.OnTerminalAsync(100, "tie", Base, "--loops", "3", "--lora-rank", "16");

        Assert.Equal(0, run.ExitCode);
        string[] lines = [.. Regex.Replace(run.Output, "\e\\[[0-9;]*m", "").Split('\n').Select(line => line.TrimEnd())];
        Assert.All(lines, line => Assert.True(line.Length <= 100, line));
        Assert.Contains(lines, line => line.StartsWith("left at depth", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_merged_checkpoint_is_a_stock_one_with_the_way_to_it_beside()
    {
        using TempFolder temp = new();
        CommandRun run = await CommandRun.InProcessAsync("tie", Model, "--loops", "5", "--lora-rank", "4", "--norms", "tie", "-o", temp.File("out"), "--quiet");

        Assert.True(run.ExitCode == 0, run.Errors);
        Checkpoint source = Checkpoint.Open(Model), written = Checkpoint.Open(temp.File("out"));
        Assert.Equal(source.Tensors.Keys, written.Tensors.Keys);
        Assert.Equal(File.ReadAllText(source.ConfigFile), File.ReadAllText(written.ConfigFile));
        PlanFile record = PlanJson.ReadFile(temp.File("out/layertool.json"));
        Assert.Equal("0-4", PlanNotation.Print(record.Plan));
        Assert.Equal(".", record.Sources[0].Path);
        Assert.Equal("tie", record.History[^1].Command);
        Assert.Equal("5", record.Tie["loops"]);
        Assert.Equal("average", record.Tie["init"]);
        Assert.Equal(CheckpointHash.Quick(source), record.Tie["hash of main"]);
    }

    [Fact]
    public async Task An_adapter_is_one_that_peft_opens()
    {
        using TempFolder temp = new();
        CommandRun run = await CommandRun.InProcessAsync("tie", Model, "--loops", "5", "--lora-rank", "48", "--layout", "unrolled+peft", "-o", temp.File("out"), "--quiet");

        Assert.True(run.ExitCode == 0, run.Errors);
        JsonNode config = JsonNode.Parse(File.ReadAllText(temp.File("out/adapter/adapter_config.json")))!;
        Assert.Equal(48, config["r"]!.GetValue<int>());
        Assert.Equal(48, config["lora_alpha"]!.GetValue<int>());
        Assert.Equal("out", config["base_model_name_or_path"]!.GetValue<string>());
        Assert.Equal(32, config["rank_pattern"]!["self_attn.k_proj"]!.GetValue<int>());
        Assert.Equal(32, config["alpha_pattern"]!["self_attn.k_proj"]!.GetValue<int>());
        Dictionary<string, TensorEntry> tensors = SafetensorsHeader.Read(temp.File("out/adapter/adapter_model.safetensors")).Tensors.ToDictionary(tensor => tensor.Name);
        Assert.Equal(5 * 7 * 2, tensors.Count);
        Assert.Equal([48, 172], tensors["base_model.model.model.layers.4.mlp.down_proj.lora_A.weight"].Shape);
        Assert.Equal([32, 32], tensors["base_model.model.model.layers.0.self_attn.v_proj.lora_B.weight"].Shape);
        Assert.Equal("0-4+depths", PlanNotation.Print(PlanJson.ReadFile(temp.File("out/layertool.json")).Plan));
    }

    [Fact]
    public async Task A_model_is_measured_before_and_after()
    {
        using TempFolder temp = new();
        string text = temp.Write("text.txt", string.Concat(Enumerable.Repeat("Once upon a time there was a little girl named Lily. ", 12)));
        CommandRun full = await CommandRun.InProcessAsync("tie", Model, "--loops", "5", "--lora-rank", "full", "--eval", text, "--json", "--quiet");
        CommandRun plain = await CommandRun.InProcessAsync("tie", Model, "--loops", "5", "--lora-rank", "0", "--eval", text, "--json", "--quiet");

        (double Before, double After) Perplexities(CommandRun run)
        {
            JsonNode measured = JsonNode.Parse(run.Output)!["evaluation"]!["texts"]![0]!;
            return (measured["before"]!["tokenPerplexity"]!.GetValue<double>(), measured["after"]!["tokenPerplexity"]!.GetValue<double>());
        }

        Assert.Equal(Perplexities(full).Before, Perplexities(full).After, 1e-3);
        Assert.True(Perplexities(plain).After > 10 * Perplexities(plain).Before);
    }

    [Fact]
    public async Task Every_form_is_opened_and_measures_the_same()
    {
        using TempFolder temp = new();
        string text = temp.Write("text.txt", string.Concat(Enumerable.Repeat("Once upon a time there was a little girl named Lily. ", 12)));
        foreach (string layout in (string[])["merged", "unrolled+peft", "compact"])
        {
            CommandRun run = await CommandRun.InProcessAsync("tie", Model, "--loops", "5", "--lora-rank", "8", "--layout", layout, "-o", temp.File(layout), "--quiet");
            Assert.True(run.ExitCode == 0, run.Errors);
        }

        async Task<double> Measured(params string[] model)
        {
            CommandRun run = await CommandRun.InProcessAsync(["eval", .. model, "--text", text, "--json", "--quiet"]);
            Assert.True(run.ExitCode == 0, run.Errors);
            return JsonNode.Parse(run.Output)!["results"]!["text.txt"]!["token_perplexity,none"]!.GetValue<double>();
        }

        double merged = await Measured(temp.File("merged"));
        Assert.Equal(merged, await Measured(temp.File("unrolled+peft"), "--adapter", temp.File("unrolled+peft/adapter")), merged * 1e-4);
        Assert.Equal(merged, await Measured(temp.File("compact")), merged * 1e-4);
        Assert.NotEqual(merged, await Measured(temp.File("unrolled+peft")), merged * 1e-2); // without the adapter the plain loop
    }

    [Fact]
    public async Task A_compact_folder_is_told_to_be_one()
    {
        using TempFolder temp = new();
        CommandRun run = await CommandRun.InProcessAsync("tie", Base, "--loops", "3", "--lora-rank", "4", "--layout", "compact", "-o", temp.File("out"), "--quiet");
        Assert.True(run.ExitCode == 0, run.Errors);

        CommandRun inspected = await CommandRun.InProcessAsync("inspect", temp.File("out"));
        CommandRun skipped = await CommandRun.InProcessAsync("skip", temp.File("out"), "--layers", "1", "--json");

        Assert.Contains("the layers are shared, and played as 0-3+loop0, 0-3+loop1, 0-3+loop2", inspected.Errors, StringComparison.Ordinal);
        Assert.Equal("0-3+loop0, 0-3+loop1, 0-3+loop2", JsonNode.Parse(skipped.Output)!["plan"]!["before"]!.GetValue<string>());
    }

    [Fact]
    public async Task Ranks_that_are_cut_and_a_start_that_the_paper_warns_of_are_told()
    {
        CommandRun run = await CommandRun.InProcessAsync("tie", Model, "--loops", "5", "--lora-rank", "40", "--init", "stepwise");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("rank 40 is more than some matrices have; it is cut for `self_attn.k_proj`, `self_attn.v_proj` to 32", run.Errors, StringComparison.Ordinal);
        Assert.Contains("`--init stepwise` with updates of a middle rank can be worse than without any", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "5 layers cannot be split into 2 loops", "--loops", "2")]
    [InlineData(2, "`--loops` is required")]
    [InlineData(2, "`--loops` is `0`, expected a whole number from 1", "--loops", "0")]
    [InlineData(2, "`--lora-rank` is `-1`, expected a whole number of at least 0, or `full`", "--loops", "5", "--lora-rank=-1")]
    [InlineData(2, "`--lora-rank 0` leaves nothing that `--lora-init svd` could begin with", "--loops", "5", "--lora-rank", "0", "--lora-init", "svd")]
    [InlineData(2, "`--init` is `random`, expected `average`, `stepwise`, `lower`", "--loops", "5", "--init", "random")]
    public async Task A_wrong_line_is_refused(int exitCode, string said, params string[] options)
    {
        CommandRun run = await CommandRun.InProcessAsync(["tie", Model, .. options]);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains(said, run.Errors, StringComparison.Ordinal);
        Assert.Contains("hint", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_model_itself_is_no_place_for_the_output()
    {
        CommandRun run = await CommandRun.InProcessAsync("tie", Model, "--loops", "5", "-o", Model, "--force");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("is the checkpoint that is read", run.Errors, StringComparison.Ordinal);
    }
}
