using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Adapters;

/// <summary>
/// A low-rank update of a linear map (LoRA, Hu et al.): y = W x + s · B A x + b. With a magnitude m (DoRA, Liu et al.) every row
/// of the updated matrix gets that length: y = m / ‖W + s · B A‖ · (W x + s · B A x) + b. An embedding is such a map too, of rows
/// that are 1 at one place: its table is Wᵀ.
/// </summary>
/// <param name="A">[r, in].</param>
/// <param name="B">[out, r], of the type of <paramref name="A"/>.</param>
/// <param name="Scale">s.</param>
/// <param name="Magnitude">m [out], or null for plain LoRA.</param>
public sealed record LowRankUpdate(Tensor A, Tensor B, double Scale, Tensor? Magnitude = null)
{
    /// <summary>Whether any of its tensors collects gradients.</summary>
    internal bool IsTrained => A.requires_grad || B.requires_grad || Magnitude?.requires_grad == true;

    /// <summary>s · B A x, in the update's own type: [.., in] → [.., out].</summary>
    internal Tensor Apply(Tensor input, double gain)
    {
        using DisposeScope scope = NewDisposeScope();
        return Widen(nn.functional.linear(input.to(A.dtype), A), gain).MoveToOuterDisposeScope();
    }

    /// <summary>As <see cref="Apply"/>, for inputs that are 1 at one place: [N] → [N, out].</summary>
    internal Tensor ApplyRows(Tensor indices)
    {
        using DisposeScope scope = NewDisposeScope();
        return Widen(A.index_select(1, indices).t(), gain: 1).MoveToOuterDisposeScope();
    }

    /// <summary>The updated matrix, in float32.</summary>
    /// <param name="weight">[out, in], or [in, out].</param>
    /// <param name="isTransposed">Whether it is [in, out].</param>
    internal Tensor Merge(Tensor weight, bool isTransposed)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor merged = Sum(weight, isTransposed); // [out, in]
        if (Magnitude is not null)
        {
            merged *= Factor(merged).unsqueeze(-1);
        }

        return (isTransposed ? merged.t().contiguous() : merged).MoveToOuterDisposeScope();
    }

    /// <summary>m / ‖W + s · B A‖ [out], in float32. The norm counts as a constant when it is trained (section 4.3 of the paper).</summary>
    /// <inheritdoc cref="Merge" path="/param" />
    internal Tensor Factor(Tensor weight, bool isTransposed)
    {
        using DisposeScope scope = NewDisposeScope();
        return Factor(Sum(weight, isTransposed)).MoveToOuterDisposeScope();
    }

    private Tensor Factor(Tensor sum) => Magnitude!.to(ScalarType.Float32) / sum.detach().square().sum(-1).sqrt();

    private Tensor Sum(Tensor weight, bool isTransposed)
    {
        Tensor wide = weight.to(ScalarType.Float32, B.device);
        Tensor update = nn.functional.linear(B.to(ScalarType.Float32), A.to(ScalarType.Float32).t()) * Scale;
        return (isTransposed ? wide.t() : wide) + update;
    }

    private Tensor Widen(Tensor narrow, double gain) => nn.functional.linear(narrow, B) * (Scale * gain);
}
