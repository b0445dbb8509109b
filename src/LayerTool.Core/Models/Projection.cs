using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>A linear map y = x Wᵀ + b. Both tensors are borrowed from the weight store.</summary>
/// <param name="Weight">[out, in]; [in, out] where transposed.</param>
/// <param name="Bias">[out], or null.</param>
/// <param name="IsTransposed">Whether the file holds Wᵀ.</param>
internal readonly record struct Projection(Tensor Weight, Tensor? Bias, bool IsTransposed = false)
{
    /// <summary>[.., in] → [.., out], computed in another type.</summary>
    public Tensor ApplyIn(ScalarType dtype, Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return new Projection(Weight.to(dtype), Bias?.to(dtype), IsTransposed).Apply(input.to(dtype)).MoveToOuterDisposeScope();
    }

    /// <summary>[.., in] → [.., out].</summary>
    public Tensor Apply(Tensor input)
    {
        if (!IsTransposed)
        {
            return nn.functional.linear(input, Weight, Bias!);
        }

        using Tensor turned = Weight.t();
        return nn.functional.linear(input, turned, Bias!);
    }
}
