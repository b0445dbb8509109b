using System.Text.Json.Nodes;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

public sealed class DiffCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Two_checkpoints_are_compared_layer_by_layer()
    {
        (string left, string right) = (SharedFiles.Find("golden/models/qwen2"), SharedFiles.Find("golden/models/qwen2-window"));

        CommandRun run = await CommandRun.InProcessAsync("diff", left, right);

        Assert.Equal(0, run.ExitCode);
        Snapshot.Check("Diff/checkpoints", run.Output + "---\n" + run.Errors, (left, "LEFT"), (right, "RIGHT"));
    }

    [Fact]
    public async Task A_plan_is_compared_with_its_checkpoint()
    {
        string model = SharedFiles.Find("golden/models/llama");
        string plan = _folder.Write("plan.json", $$"""{"schema":"layertool.plan/1","notation":"0-2, 3.mlp","sources":{"main":{"path":"{{model}}"} } }""");

        CommandRun run = await CommandRun.InProcessAsync("diff", model, plan);

        Assert.Equal(0, run.ExitCode);
        Snapshot.Check("Diff/plan", run.Output + "---\n" + run.Errors, (model, "MODEL"), (_folder.Path, "FOLDER"));
    }

    [Fact]
    public async Task Equal_models_are_said_to_be_equal_in_json()
    {
        string model = SharedFiles.Find("golden/models/gpt2");

        CommandRun run = await CommandRun.InProcessAsync("diff", model, model, "--json");

        Assert.Equal(0, run.ExitCode);
        JsonObject json = JsonNode.Parse(run.Output)!.AsObject();
        Assert.Equal("layertool.diff/1", json["schema"]!.GetValue<string>());
        Assert.True(json["equal"]!.GetValue<bool>());
        Assert.Equal(64, json["equalTensors"]!.GetValue<int>());
    }
}
