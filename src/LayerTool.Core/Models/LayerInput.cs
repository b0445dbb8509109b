using LayerTool.Architectures;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>
/// The input that a layer gets beside the stream (Gemma 3n, Gemma 4): x + n(W_p (act(W_g x) · e)), e of width P made of the token and the
/// embedding.
/// </summary>
internal sealed class LayerInput(LayerReader read, LayerInputSpec names, ModelConfig config, int layer)
{
    private readonly Projection _gate = read.Projection(names.Gate);
    private readonly Projection _output = read.Projection(names.Output);
    private readonly Norm _norm = read.Norm(names.Norm, config.Architecture.Norm);

    /// <summary>[B, T, H] and all layers' inputs [B, T, layers, P] → [B, T, H].</summary>
    public Tensor Apply(Tensor state, Tensor inputs)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor gated = Activations.Apply(config.Activation, _gate.Apply(state)) * inputs.select(2, layer);
        return (state + _norm.Apply(_output.Apply(gated))).MoveToOuterDisposeScope();
    }
}
