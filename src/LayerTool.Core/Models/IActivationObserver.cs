using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>
/// Reads or replaces states of the forward pass. Scoring, analysis, patching and routing are written on this; none of them
/// touches the decoder.
/// </summary>
public interface IActivationObserver
{
    /// <summary>Called once for each place that is reached. A half that is off is not reached.</summary>
    /// <param name="site">Where.</param>
    /// <param name="state">
    /// [B, T, hidden] in the compute type. Borrowed: it must not be changed or disposed, and what is to be kept must be cloned and
    /// detached from the scope.
    /// </param>
    /// <returns>Null to leave the state as it is, else what takes its place, of the same shape and type.</returns>
    Tensor? Observe(ActivationSite site, Tensor state);
}
