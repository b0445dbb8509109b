using LayerTool.Architectures;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>Gated MLP: down(act(gate x) · up x).</summary>
internal static class Mlp
{
    /// <summary>[B, T, H], normed → [B, T, H].</summary>
    public static Tensor Apply(MlpWeights weights, ModelConfig config, Tensor state)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor gate = Activate(config.Activation, weights.Gate.Apply(state)); // [B, T, I]
        return weights.Output.Apply(gate * weights.Up.Apply(state)).MoveToOuterDisposeScope();
    }

    private static Tensor Activate(Activation activation, Tensor gate) => activation switch
    {
        Activation.Silu => nn.functional.silu(gate),
        Activation.Gelu => nn.functional.gelu(gate),
        Activation.GeluTanh => GeluTanh(gate),
        Activation.Relu => nn.functional.relu(gate),
        _ => throw new InvalidOperationException($"Unknown activation {activation}."),
    };

    /// <summary>0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))).</summary>
    private static Tensor GeluTanh(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor inner = (x + (0.044715f * x.pow(3))) * (float)Math.Sqrt(2 / Math.PI);
        return (0.5f * x * (1 + inner.tanh())).MoveToOuterDisposeScope();
    }
}
