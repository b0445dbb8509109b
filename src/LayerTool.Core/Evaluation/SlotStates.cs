using LayerTool.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Evaluation;

/// <summary>Keeps chosen rows of the states behind chosen slots; they belong to this object.</summary>
/// <param name="rows">Rows of [B · T].</param>
/// <param name="slots">Numbers of the slots.</param>
/// <param name="inner">Sees every state, too.</param>
internal sealed class SlotStates(Tensor rows, HashSet<int> slots, IActivationObserver inner) : IActivationObserver, IDisposable
{
    private readonly Dictionary<int, Tensor> _states = [];

    /// <summary>The rows behind a slot, [N, H], borrowed.</summary>
    public Tensor this[int slot] => _states[slot];

    /// <inheritdoc />
    public Tensor? Observe(ActivationSite site, Tensor state)
    {
        if (site.Place == ActivationPlace.SlotOutput && slots.Contains(site.Slot))
        {
            using DisposeScope scope = NewDisposeScope();
            _states[site.Slot] = state.flatten(0, 1).index_select(0, rows.to(state.device)).DetachFromDisposeScope();
        }

        return inner.Observe(site, state);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (Tensor state in _states.Values)
        {
            state.Dispose();
        }

        _states.Clear();
    }
}
