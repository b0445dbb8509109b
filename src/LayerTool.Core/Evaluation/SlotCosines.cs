using LayerTool.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Evaluation;

/// <summary>Sums the cosine of states behind the slots of a run and those of an earlier one.</summary>
/// <param name="rows">Rows of [B · T].</param>
/// <param name="left">States of the earlier run.</param>
/// <param name="pairs">Which slots are compared.</param>
/// <param name="sums">Added to: one sum over rows a pair.</param>
/// <param name="inner">Sees every state, too.</param>
internal sealed class SlotCosines(Tensor rows, SlotStates left, IReadOnlyList<SlotPair> pairs, double[] sums, IActivationObserver inner) : IActivationObserver
{
    private readonly Dictionary<int, int> _pairs = pairs.Index().ToDictionary(entry => entry.Item.Right, entry => entry.Index);

    /// <inheritdoc />
    public Tensor? Observe(ActivationSite site, Tensor state)
    {
        if (site.Place == ActivationPlace.SlotOutput && _pairs.TryGetValue(site.Slot, out int pair))
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor own = state.flatten(0, 1).index_select(0, rows.to(state.device)).to(ScalarType.Float32); // [N, H]
            Tensor other = left[pairs[pair].Left].to(ScalarType.Float32, own.device);
            sums[pair] += nn.functional.cosine_similarity(other, own, 1).sum(ScalarType.Float64).item<double>();
        }

        return inner.Observe(site, state);
    }
}
