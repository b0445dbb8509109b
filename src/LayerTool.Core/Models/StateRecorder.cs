using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>Keeps copies of chosen states of a pass; they belong to this object.</summary>
/// <param name="places">Which places are kept.</param>
public sealed class StateRecorder(params ActivationPlace[] places) : IActivationObserver, IDisposable
{
    private readonly Dictionary<(ActivationPlace Place, int Slot), Tensor> _states = [];

    /// <summary>The state of a place, borrowed; null where it was not reached.</summary>
    public Tensor? Find(ActivationPlace place, int slot) => _states.GetValueOrDefault((place, slot));

    /// <inheritdoc />
    public Tensor? Observe(ActivationSite site, Tensor state)
    {
        if (places.Contains(site.Place))
        {
            if (_states.Remove((site.Place, site.Slot), out Tensor? old))
            {
                old.Dispose();
            }

            _states.Add((site.Place, site.Slot), state.detach().clone().DetachFromDisposeScope());
        }

        return null;
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
