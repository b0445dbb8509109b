using LayerTool.Architectures;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>
/// Gated short convolution (LFM 2): [b, c, u] = W_in x; out = W_out (c · conv(b · u)). The convolution sees each channel's last few
/// tokens; the cache keeps the last of them.
/// </summary>
internal sealed class ShortConvolution : ITokenMixer
{
    private readonly Projection _input;
    private readonly Projection _output;
    private readonly CausalConvolution _convolution;

    public ShortConvolution(LayerReader read, ModelConfig config)
    {
        string prefix = config.Architecture.ShortConvolution!.Prefix;
        _input = read.Projection(prefix + "in_proj");
        _output = read.Projection(prefix + "out_proj");
        _convolution = new CausalConvolution(read.Get(prefix + "conv.weight"), read.Find(prefix + "conv.bias"));
    }

    /// <inheritdoc />
    public Tensor Apply(Tensor state, ForwardPass pass, int slot)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] thirds = _input.Apply(pass.WithoutPadding(state)).chunk(3, -1); // [B, T, H] each
        Tensor mixed = _convolution.Apply(thirds[0] * thirds[2], pass, slot);
        return _output.Apply(thirds[1] * mixed).MoveToOuterDisposeScope();
    }
}
