using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>A linear map y = x Wᵀ + b. Both tensors are borrowed from the weight store.</summary>
/// <param name="Weight">[out, in].</param>
/// <param name="Bias">[out], or null.</param>
internal readonly record struct Projection(Tensor Weight, Tensor? Bias)
{
    /// <summary>[.., in] → [.., out].</summary>
    public Tensor Apply(Tensor input) => nn.functional.linear(input, Weight, Bias!);
}
