using System.Collections.Immutable;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Tensors;
using LayerTool.Tests.Support;
using LayerTool.Verification;
using Xunit;

namespace LayerTool.Tests.Verification;

[Collection(TorchCollection.Name)]
public sealed class VerifierTests
{
    [Theory]
    [InlineData("model.embed_tokens.weight", "the embedding")]
    [InlineData("model.layers.2.self_attn.o_proj.weight", "layer 2, attention")]
    [InlineData("model.layers.3.mlp.gate_proj.weight", "layer 3, MLP")]
    [InlineData("model.norm.weight", "the final norm or the head: every layer holds")]
    public void A_changed_weight_is_found_where_it_is(string tensor, string place)
    {
        using TempFolder temp = new();
        string folder = CheckpointCopy.Make(SharedFiles.Find("golden/models/llama"), temp);
        for (int element = 0; element < 32; element++)
        {
            // All 32 entries of the row of token 0, or of an output's inputs: enough that some token sees it.
            CheckpointCopy.Set(folder, tensor, element, 3);
        }

        for (int token = 1; tensor.Contains("embed", StringComparison.Ordinal) && token < 67; token++)
        {
            CheckpointCopy.Set(folder, tensor, 32 * token, 3);
        }

        ImmutableArray<Finding> findings = Verify(folder, Path.Combine(folder, "expected.safetensors"));

        Assert.Equal(place, Bisection.FirstDeparture(findings));
    }

    [Fact]
    public void A_case_that_must_be_refused_and_is_run_does_not_hold()
    {
        using TempFolder temp = new();
        string folder = CheckpointCopy.Make(SharedFiles.Find("golden/models/llama"), temp);
        string about = Path.Combine(folder, "expected.json");
        File.WriteAllText(about, File.ReadAllText(about)
            .Replace("\"failed\": {}", "\"failed\": {\"reverse\": \"no reference\", \"outside\": \"no such layer\"}", StringComparison.Ordinal)
            .Replace("\"plans\": {", "\"plans\": {\"outside\": \"0-7\",", StringComparison.Ordinal));

        ImmutableArray<Finding> findings = Verify(folder, Path.Combine(folder, "expected.safetensors"));

        Assert.False(findings.Single(finding => finding.Name == "refused.reverse").Holds);
        Assert.True(findings.Single(finding => finding.Name == "refused.outside").Holds);
    }

    [Theory]
    [InlineData(null, ComputeDtype.Float32)]
    [InlineData("0,(1-2)x2,3.mlp,4", ComputeDtype.Float32)]
    [InlineData(null, ComputeDtype.BFloat16)]
    public void What_was_recorded_is_verified(string? text, ComputeDtype dtype)
    {
        using TempFolder temp = new();
        string folder = SharedFiles.Find("golden/models/qwen3");
        string file = Path.Combine(temp.Path, "reference.safetensors");
        LayerPlan plan = text is null ? LayerPlan.Identity(5) : PlanNotation.Parse(text);
        ComputeSettings settings = new(Dtype: dtype, Threads: 1);

        ReferenceRecorder.Record(new CheckpointSet(Checkpoint.Open(folder)), plan, [[3, 9, 4, 60, 2, 7], [5, 8]], settings, file, replace: false, cancellation: TestContext.Current.CancellationToken);
        ImmutableArray<Finding> findings = Verify(folder, file);

        Assert.Empty(findings.Where(finding => !finding.Holds));
        Assert.Contains(findings, finding => finding.Name == "logits.left");
        Assert.Contains(findings, finding => finding.Name == "greedy_left.1");
        LayerToolException fault = Assert.Throws<LayerToolException>(
            () => ReferenceRecorder.Record(new CheckpointSet(Checkpoint.Open(folder)), plan, [[1]], settings, file, replace: false, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal($"{file}: the file exists already", fault.Message);
    }

    private static ImmutableArray<Finding> Verify(string folder, string file)
    {
        using ExpectedOutputs expected = ExpectedOutputs.Open(file);
        return Verifier.Run(new CheckpointSet(Checkpoint.Open(folder)), null, expected, new ComputeSettings(Threads: 1), null, CancellationToken.None);
    }
}
