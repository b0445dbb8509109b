using LayerTool.Plans;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>
/// Back-patching: the output of a slot takes the place of the output of an earlier one in a second run, at one position or at all.
/// </summary>
public static class StatePatch
{
    /// <summary>Logits of the patched run, [B, T, V].</summary>
    /// <param name="decoder">Runs both passes.</param>
    /// <param name="plan">What is played, both times.</param>
    /// <param name="ids">[B, T].</param>
    /// <param name="source">Slot whose output is taken in the first run.</param>
    /// <param name="target">Slot whose output it replaces in the second.</param>
    /// <param name="position">The position that is replaced; null for all.</param>
    public static Tensor Forward(Decoder decoder, LayerPlan plan, Tensor ids, int source, int target, int? position)
    {
        using DisposeScope scope = NewDisposeScope();
        using StateRecorder recorder = new(ActivationPlace.SlotOutput);
        decoder.HiddenState(plan, ids, observer: recorder);
        Tensor taken = recorder.Find(ActivationPlace.SlotOutput, source)
            ?? throw new ArgumentOutOfRangeException(nameof(source), source, "The plan has no such slot.");
        return decoder.Forward(plan, ids, observer: new Replacement(taken, target, position)).MoveToOuterDisposeScope();
    }

    private sealed class Replacement(Tensor taken, int target, int? position) : IActivationObserver
    {
        public Tensor? Observe(ActivationSite site, Tensor state)
        {
            if (site.Place != ActivationPlace.SlotOutput || site.Slot != target)
            {
                return null;
            }

            if (position is not int place)
            {
                return taken.alias();
            }

            Tensor patched = state.clone();
            patched.narrow(1, place, 1).copy_(taken.narrow(1, place, 1));
            return patched;
        }
    }
}
