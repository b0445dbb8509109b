using System.Collections.Immutable;
using LayerTool.Plans;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>Runs batches under several plans at once; slots that plans share from the beginning on are computed once.</summary>
/// <param name="decoder">The model.</param>
/// <param name="plans">The plans.</param>
internal sealed class PlanTreeRun(Decoder decoder, PlanTree plans)
{
    private long _granted;

    /// <summary>The plans.</summary>
    public PlanTree Plans => plans;

    /// <summary>Gives the residual stream behind the last slot of each plan, before the final norm, as it is reached.</summary>
    /// <param name="ids">[B, T], int64.</param>
    /// <param name="layout">Where the tokens stand; null where each row is one text.</param>
    /// <param name="cache">Continued, where given; its slots are those of the tree.</param>
    /// <param name="observer">Sees the states; slots are counted through the tree.</param>
    /// <param name="reached">Given the plan's number and its state [B, T, H], which is disposed afterwards.</param>
    /// <param name="logits">Logits that are going to be made at once, for the question whether memory suffices.</param>
    public void Run(Tensor ids, TokenLayout? layout, KvCache? cache, IActivationObserver? observer, Action<int, Tensor> reached, long logits)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        if (ids.numel() > _granted)
        {
            foreach (LayerPlan plan in cache is null ? Together() : [.. Together(), .. plans.Plans])
            {
                decoder.Prepare(plan, ids, cache, logits);
            }

            _granted = ids.numel();
        }

        using ForwardPass pass = new(null, (int)ids.size(1), cache, decoder.Dtype, decoder.Device, layout);
        Tensor here = ids.to(decoder.Device);
        foreach (PlanTree.Root root in plans.Roots)
        {
            Play(root.Node, decoder.Embed(root.EmbeddingSource, root.EndsAdapter, here, pass), pass, observer, reached);
        }
    }

    // Weights that one plan alone plays are held beside those of all the others: what is asked for is all of them at once.
    private IEnumerable<LayerPlan> Together() => plans.Plans
        .GroupBy(plan => (plan.EmbeddingSource, plan.HeadSource, plan.TiedHead, plan.EndsAdapter))
        .Select(group => group.First() with { Steps = [.. group.SelectMany(plan => plan.Slots).Distinct()] });

    // The state belongs to the caller.
    private void Play(PlanTree.Node node, Tensor state, ForwardPass pass, IActivationObserver? observer, Action<int, Tensor> reached)
    {
        using DisposeScope scope = NewDisposeScope();
        int slot = node.FirstSlot;
        Tensor played = decoder.Play(node.Steps, state, pass, observer, ref slot);
        foreach (int plan in node.Ending)
        {
            reached(plan, played.to(decoder.Device));
        }

        ImmutableDictionary<bool, (Tensor Key, Tensor Value)> given = pass.GivenKv;
        foreach (PlanTree.Node child in node.Children)
        {
            pass.GivenKv = given;
            Play(child, played, pass, observer, reached);
        }

        if (ReferenceEquals(played, state))
        {
            scope.Detach(played); // the caller's own
        }
    }
}
