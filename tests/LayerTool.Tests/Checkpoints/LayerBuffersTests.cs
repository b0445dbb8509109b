using LayerTool.Checkpoints;
using LayerTool.Safetensors;
using Xunit;

namespace LayerTool.Tests.Checkpoints;

public sealed class LayerBuffersTests
{
    [Theory]
    [InlineData("attn.bias", 4, true)]
    [InlineData("attn.attention.bias", 4, true)]
    [InlineData("attention.masked_bias", 0, true)]
    [InlineData("self_attn.rotary_emb.inv_freq", 1, true)]
    [InlineData("attn.bias", 1, false)]
    [InlineData("attn.c_attn.bias", 1, false)]
    [InlineData("attn.c_attn.bias", 4, false)]
    [InlineData("ln_attn.bias", 4, false)]
    [InlineData("one.two.attn.bias", 4, false)]
    [InlineData("attn.c_proj.bias", 4, false)]
    public void A_buffer_is_known_by_its_whole_name_and_a_mask_by_its_rank(string suffix, int rank, bool expected)
    {
        TensorEntry tensor = new(suffix, TensorDtype.F32, [.. Enumerable.Repeat(1L, rank)], "model.safetensors", 0, 4);

        Assert.Equal(expected, LayerBuffers.Contains(suffix, tensor));
    }
}
