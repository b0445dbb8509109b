using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using LayerTool.Safetensors;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

/// <summary><c>--adapter</c> on the command line.</summary>
[Collection(TorchCollection.Name)]
public sealed class AdapterOptionTests
{
    private static string Model => SharedFiles.Find("golden/models/llama");

    private static string Adapter => SharedFiles.Find("golden/peft/lora-qv");

    [Fact]
    public async Task An_edited_model_gives_the_same_logits_as_a_plan_and_written_with_its_adapter()
    {
        using TempFolder temp = new();
        string plan = temp.File("plan.json"), ids = temp.Write("ids.json", "[[3, 17, 5, 60, 9, 2]]");
        async Task<float[]> Logits(string name, params string[] model)
        {
            await Succeeds(["verify", .. model, "--record", temp.File(name), "--ids", ids, "--threads", "1"]);
            SafetensorsHeader header = SafetensorsHeader.Read(temp.File(name));
            using TensorReader reader = new([header]);
            return MemoryMarshal.Cast<byte, float>(reader.ReadAll(header.Tensors.Single(tensor => tensor.Name == "logits"))).ToArray();
        }

        await Succeeds("skip", Model, "--layers", "1", "--adapter", $"own={Adapter}", "--plan-out", plan, "-o", temp.File("beside"));
        await Succeeds("skip", plan, "--layers", "0", "--merge-adapters", "--save-dtype", "float32", "-o", temp.File("merged"));

        float[] played = await Logits("played.safetensors", plan);
        float[] beside = await Logits("beside.safetensors", temp.File("beside"), "--adapter", temp.File("beside/adapter"));
        float[] without = await Logits("without.safetensors", temp.File("beside"));
        await Succeeds("skip", temp.File("beside"), "--layers", "0", "--adapter", temp.File("beside/adapter"), "--plan-out", temp.File("shorter.json"));
        float[] shorter = await Logits("short.safetensors", temp.File("shorter.json"));
        float[] merged = await Logits("merged.safetensors", temp.File("merged"));

        Assert.Equal(Path.GetFullPath(Adapter), JsonNode.Parse(File.ReadAllText(plan))!["adapters"]!["own"]!.GetValue<string>());
        Assert.InRange(Distance(played, beside), 0, 1e-4);
        Assert.InRange(Distance(shorter, merged), 0, 1e-4);
        Assert.True(Distance(without, beside) > 0.1);
    }

    [Fact]
    public async Task Verify_compares_with_the_reference_of_the_adapters_folder()
    {
        CommandRun run = await CommandRun.InProcessAsync("verify", Model, "--adapter", Adapter, "--threads", "1", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            ["logits.base", "logits.adapter", "logits.merged"], JsonNode.Parse(run.Output)!["findings"]!.AsArray().Select(finding => finding!["name"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_plan_says_which_slots_an_adapter_has()
    {
        CommandRun named = await CommandRun.InProcessAsync("edit", Model, "--plan", "0-2+own, 4", "--adapter", $"own={Adapter}", "--json", "--quiet");
        CommandRun whole = await CommandRun.InProcessAsync("edit", Model, "--plan", "0-2, 4", "--adapter", Adapter, "--json", "--quiet");

        Assert.Equal("0-2+own, 4", JsonNode.Parse(named.Output)!["plan"]!["after"]!.GetValue<string>());
        Assert.Equal("0-2+lora-qv, 4+lora-qv", JsonNode.Parse(whole.Output)!["plan"]!["after"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(2, "`--adapter` names `a` again", "a=x", "a=y")]
    [InlineData(2, "`--adapter` is `a=`, expected a folder", "a=")]
    [InlineData(1, "no such folder", "nowhere")]
    public async Task What_is_wrong_of_adapters_is_said(int exitCode, string said, params string[] adapters)
    {
        CommandRun run = await CommandRun.InProcessAsync(["edit", Model, "--plan", "0", .. adapters.SelectMany(adapter => (string[])["--adapter", adapter])]);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(said, run.Errors, StringComparison.Ordinal);
        Assert.Contains(exitCode == 1 ? "hint:" : "error:", run.Errors, StringComparison.Ordinal);
    }

    private static float Distance(float[] left, float[] right) => left.Zip(right, (one, other) => Math.Abs(one - other)).Max();

    private static async Task Succeeds(params string[] args)
    {
        CommandRun run = await CommandRun.InProcessAsync(args);
        Assert.True(run.ExitCode == 0, run.Errors + run.Output);
    }
}
