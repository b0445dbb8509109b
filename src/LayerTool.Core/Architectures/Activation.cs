namespace LayerTool.Architectures;

/// <summary>Activation function of an MLP.</summary>
public enum Activation
{
    /// <summary>x · σ(x); <c>silu</c>, <c>swish</c>.</summary>
    Silu,

    /// <summary>Exact GELU; <c>gelu</c>.</summary>
    Gelu,

    /// <summary>GELU by tanh; <c>gelu_pytorch_tanh</c>, <c>gelu_new</c>.</summary>
    GeluTanh,

    /// <summary>max(x, 0); <c>relu</c>.</summary>
    Relu,

    /// <summary>max(x, 0)²; <c>relu2</c>.</summary>
    ReluSquared,

    /// <summary>xIELU with four numbers of its own in each layer; <c>xielu</c>.</summary>
    XIelu,
}
