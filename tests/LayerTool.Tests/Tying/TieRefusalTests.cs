using System.Buffers.Binary;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Safetensors;
using LayerTool.Tests.Saving;
using LayerTool.Tests.Support;
using LayerTool.Tying;
using Xunit;

namespace LayerTool.Tests.Tying;

/// <summary>Layers that cannot be tied are refused by name, with what stands against it.</summary>
[Collection(TorchCollection.Name)]
public sealed class TieRefusalTests
{
    [Theory]
    [InlineData("llama", "0, 1+own, 2-3", "`1+own` carries an adapter")]
    [InlineData("mixtral", "0-3", "layer 0 of Mixtral is a mixture of experts")]
    [InlineData("deepseek-v3", "0-3", "layer 1 of DeepSeek-V3 is a mixture of experts")]
    [InlineData("qwen3-5", "0-3", "mixes tokens by the gated delta rule")]
    [InlineData("lfm2", "0-3", "mixes tokens by a short convolution")]
    [InlineData("gemma4-shared-kv", "0-3", "has inputs of its own beside the stream")]
    [InlineData("gpt2-inverse-scale", "0-3", "layers 0 and 2 would share weights and differ in the divisor of scores: 1 and 3")]
    [InlineData("gemma2", "0-2, 4", "layers 1 and 3 would share weights and differ in attention: all tokens and a window of 5 tokens")]
    public void Layers_that_are_not_alike_are_refused(string family, string text, string said)
    {
        LayerToolException fault = Refused(family, text, new TieSettings(2));

        Assert.Contains(said, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Kinds_that_alternate_meet_in_a_sequence_and_not_in_a_cycle()
    {
        LayerToolException fault = Refused("gemma2", "0-3", new TieSettings(2) { Share = TieShare.Sequence });
        Assert.Contains("layers 0 and 1 would share weights and differ in attention", fault.Message, StringComparison.Ordinal);

        TiePlan plan = TiedCheckpoint.Tie(SavedCheckpoint.Golden("gemma2"), PlanNotation.Parse("0-3"), new TieSettings(2));
        Assert.Equal([0, 1, 0, 1], plan.Map.SharedByDepth);
    }

    [Theory]
    [InlineData("qwen3", "norms of Qwen 3 that no matrix reads directly cannot be folded: `self_attn.k_norm.weight`, `self_attn.q_norm.weight`")]
    [InlineData("gemma2", "norms of Gemma 2 that no matrix reads directly cannot be folded: `post_attention_layernorm.weight`, `post_feedforward_layernorm.weight`")]
    [InlineData("olmo2", "cannot be folded: `post_attention_layernorm.weight`, `post_feedforward_layernorm.weight`, `self_attn.k_norm.weight`, `self_attn.q_norm.weight`")]
    [InlineData("nemotron", "have biases, which cannot be folded into projections without one: `mlp.up_proj`, `self_attn.k_proj`, `self_attn.q_proj`, `self_attn.v_proj`")]
    public void Norms_that_cannot_be_folded_are_listed(string family, string said)
    {
        LayerToolException fault = Refused(family, "0-3", new TieSettings(2) { Norms = TieNorms.Fold });

        Assert.Contains(said, fault.Message, StringComparison.Ordinal);
        Assert.Contains("`--norms per-depth`", fault.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_is_no_number_is_found_with_its_tensor()
    {
        using TempFolder temp = new();
        string folder = CheckpointCopy.Make(SharedFiles.Find("golden/models/llama"), temp);
        TensorEntry tensor = Checkpoint.Open(folder).Tensors["model.layers.3.mlp.up_proj.weight"];
        using (FileStream file = File.OpenWrite(tensor.File))
        {
            Span<byte> nan = stackalloc byte[2];
            BinaryPrimitives.WriteUInt16LittleEndian(nan, 0x7fc0);
            file.Position = tensor.Offset + 10;
            file.Write(nan);
        }

        using TiedModel model = TiedModel.Open(TiedCheckpoint.Tie(new CheckpointSet(Checkpoint.Open(folder)), LayerPlan.Identity(5), new TieSettings(5)), TiedCheckpoint.Single);
        LayerToolException fault = Assert.Throws<LayerToolException>(() => model.Measure(cancellation: TestContext.Current.CancellationToken));

        Assert.Contains("tensor `model.layers.3.mlp.up_proj.weight` holds a value that is no finite number", fault.Message, StringComparison.Ordinal);
    }

    private static LayerToolException Refused(string family, string text, TieSettings settings) =>
        Assert.Throws<LayerToolException>(() => TiedCheckpoint.Tie(SavedCheckpoint.Golden(family), PlanNotation.Parse(text), settings));
}
