using System.Diagnostics;
using System.Text.Json.Nodes;
using LayerTool.Architectures;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

public sealed class InspectCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("golden/models/qwen2-window", "window")]
    [InlineData("golden/models/gpt2", "gpt2")]
    [InlineData("golden/variants/deci", "halves")]
    public async Task A_checkpoint_is_shown_layer_by_layer(string folder, string snapshot)
    {
        string model = SharedFiles.Find(folder);

        CommandRun run = await CommandRun.InProcessAsync("inspect", model);

        Assert.Equal(0, run.ExitCode);
        Snapshot.Check($"Inspect/{snapshot}", run.Output + "---\n" + run.Errors, (model, "MODEL"));
    }

    [Fact]
    public async Task A_checkpoint_of_an_unknown_family_is_shown_layer_by_layer()
    {
        string model = CheckpointCopy.Make(SharedFiles.Find("golden/models/gpt2"), _folder, "model");
        CheckpointCopy.Edit(model, "\"model_type\": \"gpt2\"", "\"model_type\": \"unheard-of\"");

        CommandRun run = await CommandRun.InProcessAsync("inspect", model);

        Assert.Equal(0, run.ExitCode);
        string families = string.Join(", ", KnownArchitectures.All.Select(family => $"`{family.ModelType}`"));
        Snapshot.Check("Inspect/unknown-family", run.Output + "---\n" + run.Errors, (model, "MODEL"), (families, "FAMILIES"));
    }

    [Fact]
    public async Task Json_begins_with_the_schema_and_holds_the_layers()
    {
        CommandRun run = await CommandRun.InProcessAsync("inspect", SharedFiles.Find("golden/models/qwen3"), "--tensors", "--json", "--quiet");

        Assert.Empty(run.Errors);
        JsonObject json = JsonNode.Parse(run.Output)!.AsObject();
        Assert.Equal(("schema", "layertool.inspect/1"), (json.First().Key, json.First().Value!.GetValue<string>()));
        Assert.Equal(5, json["layers"]!.AsArray().Count);
        Assert.Equal(58, json["tensors"]!.AsArray().Count);
        Assert.Equal(json["parameters"]!.GetValue<long>() * 2, json["bytes"]!.GetValue<long>());
    }

    [Fact]
    public async Task A_plan_file_is_shown_slot_by_slot()
    {
        string model = SharedFiles.Find("golden/models/llama");
        string plan = _folder.Write("plan.json", $$"""{"schema":"layertool.plan/1","notation":"(0-1)x2, 3.mlp, base:4*0.5","sources":{"main":{"path":"{{model}}"},"base":{"path":"{{model}}/donor"} } }""");

        CommandRun run = await CommandRun.InProcessAsync("inspect", plan);

        Assert.Equal("", run.Errors);
        Assert.Equal(0, run.ExitCode);
        Snapshot.Check("Inspect/plan", run.Output, (_folder.Path, "FOLDER"), (model, "MODEL"));
    }

    [Fact]
    public async Task Tensors_that_the_config_demands_and_the_file_lacks_are_listed()
    {
        File.Copy(SharedFiles.Find("golden/models/llama/model.safetensors"), _folder.File("model.safetensors"));
        _folder.Write("config.json", File.ReadAllText(SharedFiles.Find("golden/models/llama/config.json")).Replace("\"num_hidden_layers\": 5", "\"num_hidden_layers\": 6", StringComparison.Ordinal));

        CommandRun run = await CommandRun.InProcessAsync("inspect", _folder.Path);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("9 tensors are not as config.json demands", run.Output, StringComparison.Ordinal);
        Assert.Contains("tensor `model.layers.5.mlp.down_proj.weight` is missing", run.Output, StringComparison.Ordinal);
        Assert.Contains("1 of 6 layers have no tensors", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("org/never-fetched", "`hf download org/never-fetched` brings it")]
    [InlineData("./nowhere/at/all", "MODEL is a folder, a plan file or a repository id")]
    public async Task What_is_not_there_fails_with_what_to_do(string model, string hint)
    {
        CommandRun run = await CommandRun.InProcessAsync("inspect", model);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(hint, run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("llama", "BPE, 512 tokens, rebuilt as LlamaTokenizer, prepend first; `--tokenizer raw` gives other ids")]
    [InlineData("mistral", "BPE, 512 tokens, tokenizer.json as it is")]
    public async Task How_the_tokenizer_is_read_is_said(string modelType, string reading)
    {
        string model = WithTokenizer(modelType);

        CommandRun run = await CommandRun.InProcessAsync("inspect", model);
        CommandRun json = await CommandRun.InProcessAsync("inspect", model, "--json", "--quiet");

        Assert.Contains("tokenizer    " + reading + Environment.NewLine, run.Output, StringComparison.Ordinal);
        JsonNode tokenizer = JsonNode.Parse(json.Output)!["tokenizer"]!;
        Assert.Equal(("tokenizer.json", "LlamaTokenizer", modelType == "llama"), (tokenizer["file"]!.GetValue<string>(), tokenizer["className"]!.GetValue<string>(), tokenizer["rawDiffers"]!.GetValue<bool>()));
    }

    [Fact]
    public async Task A_tokenizer_at_fault_is_told_beside_what_is_sound()
    {
        string model = WithTokenizer("llama");
        File.WriteAllText(Path.Combine(model, "tokenizer.json"), "{}");

        CommandRun run = await CommandRun.InProcessAsync("inspect", model);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("tokenizer.json: needs `model`", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("tokenizer ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_native_library_stays_unloaded()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only the loader of glibc tells what it loads");
        string model = SharedFiles.Find("golden/models/llama");
        using Process process = CommandRun.StartChild(new Dictionary<string, string?> { ["LD_DEBUG"] = "files" }, "diff", model, Path.Combine(model, "donor"));

        CommandRun run = await CommandRun.FinishAsync(process);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("libcoreclr", run.Errors, StringComparison.Ordinal); // the loader does tell
        Assert.DoesNotContain("libtorch", run.Errors, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A reference checkpoint of a family, with a tokenizer that names LlamaTokenizer.</summary>
    private string WithTokenizer(string modelType)
    {
        string model = CheckpointCopy.Make(SharedFiles.Find("golden/models/" + modelType), _folder, "model");
        string tokenizer = SharedFiles.Find("tokenizers/stories260K");
        File.Copy(Path.Combine(tokenizer, "tokenizer.json"), Path.Combine(model, "tokenizer.json"));
        File.WriteAllText(Path.Combine(model, "tokenizer_config.json"), """{"tokenizer_class": "LlamaTokenizer", "legacy": false}""");
        return model;
    }
}
