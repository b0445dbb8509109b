using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>Makes a pass that can be stopped between slots, and that tells how far it is: a batch may take minutes.</summary>
/// <param name="cancellation">Looked at in front of each slot.</param>
/// <param name="reached">Told the number of each slot; or null.</param>
internal sealed class SlotWatch(CancellationToken cancellation, Action<int>? reached = null) : IActivationObserver
{
    /// <inheritdoc />
    public Tensor? Observe(ActivationSite site, Tensor state)
    {
        if (site.Place == ActivationPlace.SlotInput)
        {
            cancellation.ThrowIfCancellationRequested();
            reached?.Invoke(site.Slot);
        }

        return null;
    }
}
