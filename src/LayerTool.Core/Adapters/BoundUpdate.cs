using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Adapters;

/// <summary>An update of one projection of a running model.</summary>
/// <param name="update">The update.</param>
/// <param name="gain">Factor on the projection's output, which its own weight and bias hold already.</param>
/// <param name="factor">Gives m / ‖W + s · B A‖ [out], borrowed; null for plain LoRA.</param>
internal sealed class BoundUpdate(LowRankUpdate update, double gain, Func<Tensor>? factor)
{
    /// <summary>Whether the sum of both products is multiplied before the bias is added.</summary>
    public bool Rescales => factor is not null;

    /// <summary>Adds the update to what the projection gives. Sums are taken in the wider of both types and rounded once.</summary>
    /// <param name="output">W x [.., out]; with the bias unless the update <see cref="Rescales"/>.</param>
    /// <param name="input">x [.., in].</param>
    /// <param name="bias">[out], where it is still to be added; or null.</param>
    public Tensor AddTo(Tensor output, Tensor input, Tensor? bias)
    {
        using DisposeScope scope = NewDisposeScope();
        return Finish(output, update.Apply(input, gain), bias).MoveToOuterDisposeScope();
    }

    /// <summary>Adds the update to rows of an embedding table [N, out] that stand at these places of it [N].</summary>
    public Tensor AddToRows(Tensor rows, Tensor indices)
    {
        using DisposeScope scope = NewDisposeScope();
        return Finish(rows, update.ApplyRows(indices), bias: null).MoveToOuterDisposeScope();
    }

    private Tensor Finish(Tensor output, Tensor addition, Tensor? bias)
    {
        Tensor sum = output + addition;
        if (factor is not null)
        {
            sum *= factor();
        }

        return (bias is null ? sum : sum + bias).to(output.dtype);
    }
}
