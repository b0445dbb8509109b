using System.Text.Json;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

[Collection(TorchCollection.Name)]
public sealed class CompareCommandTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly string _text;

    public CompareCommandTests()
    {
        _text = _temp.Write("story.txt", string.Concat(Enumerable.Repeat("Once upon a time, there was a little girl named Lily. She loved to play outside. ", 12)));
    }

    private static string Model => SharedFiles.Model("stories260K");

    [Fact]
    public async Task A_model_predicts_what_it_predicts()
    {
        JsonElement text = await CompareAsync(Model, Model);

        Assert.Equal(0, text.GetProperty("kullbackLeibler").GetDouble(), 1e-9);
        Assert.Equal(1, text.GetProperty("topAgreement").GetDouble());
        Assert.Equal(text.GetProperty("loss").GetDouble(), text.GetProperty("otherLoss").GetDouble());
        Assert.Equal(5, text.GetProperty("slots").GetArrayLength());
        Assert.All(text.GetProperty("slots").EnumerateArray(), slot => Assert.Equal(1, slot.GetProperty("cosine").GetDouble(), 1e-5));
    }

    [Fact]
    public async Task States_are_alike_up_to_the_edit_and_losses_are_those_of_eval()
    {
        string plan = _temp.File("plan.json");
        await CommandRun.InProcessAsync("skip", Model, "--attn-layers", "2", "--plan-out", plan);

        JsonElement text = await CompareAsync(Model, plan);
        double[] cosines = [.. text.GetProperty("slots").EnumerateArray().Select(slot => slot.GetProperty("cosine").GetDouble())];

        Assert.Equal(await LossAsync(Model), text.GetProperty("loss").GetDouble(), 1e-5);
        Assert.Equal(await LossAsync(plan), text.GetProperty("otherLoss").GetDouble(), 1e-5);
        Assert.All(cosines[..2], cosine => Assert.Equal(1, cosine, 1e-5));
        Assert.All(cosines[2..], cosine => Assert.InRange(cosine, 0.1, 0.9999));
        Assert.InRange(text.GetProperty("kullbackLeibler").GetDouble(), 1e-4, 5);
        Assert.InRange(text.GetProperty("topAgreement").GetDouble(), 0.2, 0.9999);
    }

    [Fact]
    public async Task Another_checkpoint_is_compared_layer_by_layer()
    {
        string copy = _temp.File("copy");
        await CommandRun.InProcessAsync("skip", Model, "--mlp-layers", "4", "--out", copy);

        CommandRun run = await CommandRun.InProcessAsync("compare", Model, copy, "--text", _text, "--dtype", "float32", "--seq", "64");

        Assert.True(run.ExitCode == 0, run.Errors);
        Snapshot.Check("Measure/compare", run.Output, (Model, "MODEL"), (_temp.Path, "DIR"));
    }

    [Fact]
    public async Task Models_with_other_tokenizers_are_refused()
    {
        CommandRun run = await CommandRun.InProcessAsync("compare", Model, SharedFiles.Model("aidreams260K"), "--text", _text);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("give different ids for `story.txt`", run.Errors, StringComparison.Ordinal);
        Assert.Contains("hint: ", run.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => _temp.Dispose();

    private async Task<JsonElement> CompareAsync(string left, string right)
    {
        CommandRun run = await CommandRun.InProcessAsync("compare", left, right, "--text", _text, "--dtype", "float32", "--json");
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        using JsonDocument report = JsonDocument.Parse(run.Output);
        return Assert.Single(report.RootElement.GetProperty("texts").EnumerateArray()).Clone();
    }

    private async Task<double> LossAsync(string model)
    {
        CommandRun run = await CommandRun.InProcessAsync("eval", model, "--text", _text, "--dtype", "float32", "--json");
        using JsonDocument report = JsonDocument.Parse(run.Output);
        JsonElement result = report.RootElement.GetProperty("results").GetProperty("story.txt");
        return result.GetProperty("nll_sum").GetDouble() / result.GetProperty("tokens_predicted").GetDouble();
    }
}
