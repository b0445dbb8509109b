using LayerTool.Adapters;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>A linear map y = x Wᵀ + b, with an update of low rank where an adapter has one. Tensors are borrowed.</summary>
/// <param name="Weight">[out, in]; [in, out] where transposed.</param>
/// <param name="Bias">[out], or null.</param>
/// <param name="IsTransposed">Whether the file holds Wᵀ.</param>
/// <param name="Update">The adapter's update, or null.</param>
internal readonly record struct Projection(Tensor Weight, Tensor? Bias, bool IsTransposed = false, BoundUpdate? Update = null)
{
    /// <summary>[.., in] → [.., out], computed in another type.</summary>
    public Tensor ApplyIn(ScalarType dtype, Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return new Projection(Weight.to(dtype), Bias?.to(dtype), IsTransposed, Update).Apply(input.to(dtype)).MoveToOuterDisposeScope();
    }

    /// <summary>[.., in] → [.., out].</summary>
    public Tensor Apply(Tensor input)
    {
        if (Update is null)
        {
            return Plain(input, Bias);
        }

        using DisposeScope scope = NewDisposeScope();
        return (Update.Rescales ? Update.AddTo(Plain(input, bias: null), input, Bias) : Update.AddTo(Plain(input, Bias), input, bias: null)).MoveToOuterDisposeScope();
    }

    private Tensor Plain(Tensor input, Tensor? bias)
    {
        if (!IsTransposed)
        {
            return nn.functional.linear(input, Weight, bias!);
        }

        using Tensor turned = Weight.t();
        return nn.functional.linear(input, turned, bias!);
    }
}
