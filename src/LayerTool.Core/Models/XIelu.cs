using LayerTool.Architectures;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>
/// xIELU (Huang and Schlag), with numbers of its own in each layer: α_p x² + βx above 0, α_n (e^min(x, ε) − 1 − x) + βx elsewhere.
/// </summary>
internal sealed class XIelu(LayerReader read, TensorNames names)
{
    private readonly Tensor _alphaPositive = read.Get(names.ActivationNumbers + "alpha_p");
    private readonly Tensor _alphaNegative = read.Get(names.ActivationNumbers + "alpha_n");
    private readonly Tensor _beta = read.Get(names.ActivationNumbers + "beta");
    private readonly Tensor _epsilon = read.Get(names.ActivationNumbers + "eps");

    /// <summary>Element by element.</summary>
    public Tensor Apply(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor positive = nn.functional.softplus(_alphaPositive);
        Tensor negative = _beta + nn.functional.softplus(_alphaNegative);
        Tensor below = negative * (minimum(x, _epsilon).expm1() - x);
        return (where(x > 0, positive * x.square(), below) + (_beta * x)).MoveToOuterDisposeScope();
    }
}
