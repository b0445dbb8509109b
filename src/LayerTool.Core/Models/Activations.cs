using LayerTool.Architectures;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>The activation functions of MLPs.</summary>
internal static class Activations
{
    /// <summary>Applies one, element by element.</summary>
    public static Tensor Apply(Activation activation, Tensor x) => activation switch
    {
        Activation.Silu => nn.functional.silu(x),
        Activation.Gelu => nn.functional.gelu(x),
        Activation.GeluTanh => GeluTanh(x),
        Activation.Relu => nn.functional.relu(x),
        Activation.ReluSquared => ReluSquared(x),
        _ => throw new InvalidOperationException($"Activation {activation} has numbers of its own."),
    };

    /// <summary>0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))).</summary>
    private static Tensor GeluTanh(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor inner = (x + (0.044715f * x.pow(3))) * (float)Math.Sqrt(2 / Math.PI);
        return (0.5f * x * (1 + inner.tanh())).MoveToOuterDisposeScope();
    }

    private static Tensor ReluSquared(Tensor x)
    {
        using Tensor positive = nn.functional.relu(x);
        return positive.square();
    }
}
