using LayerTool.Architectures;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>Chooses experts and their weights for each token, in float32. N tokens, E experts, K experts a token.</summary>
internal sealed class Router(LayerReader read, ExpertsSpec spec, ExpertsConfig sizes)
{
    private readonly Projection _scores = read.Projection(spec.Router);
    private readonly Tensor? _correction = spec.Correction is string correction ? read.Get(correction) : null;

    /// <summary>[N, H] → experts [N, K], int64, and weights [N, K], float32.</summary>
    public (Tensor Experts, Tensor Weights) Choose(Tensor state)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor scores = _scores.Apply(state).to(ScalarType.Float32); // [N, E]
        (Tensor experts, Tensor weights) = spec.Routing switch
        {
            RoutingRule.SoftmaxThenTop => Top(scores.softmax(-1)),
            RoutingRule.TopThenSoftmax => SoftmaxOfTop(scores),
            RoutingRule.TopThenSigmoid => SigmoidOfTop(scores),
            RoutingRule.SoftmaxInGroups => InGroups(scores.softmax(-1), correction: null, largest: 1),
            RoutingRule.SigmoidInGroups => InGroups(scores.sigmoid(), _correction, largest: 2),
            RoutingRule.SparseMixer => SparseMixer(scores),
            _ => throw new InvalidOperationException($"Unknown routing {spec.Routing}."),
        };
        if (sizes.Normalized)
        {
            weights /= weights.sum(-1, keepdim: true) + 1e-20;
        }

        return ((experts).MoveToOuterDisposeScope(), (weights * sizes.Scale).MoveToOuterDisposeScope());
    }

    private (Tensor Experts, Tensor Weights) Top(Tensor shares)
    {
        (Tensor weights, Tensor experts) = shares.topk(sizes.PerToken, -1);
        return (experts, weights);
    }

    private (Tensor Experts, Tensor Weights) SoftmaxOfTop(Tensor scores)
    {
        (Tensor largest, Tensor experts) = scores.topk(sizes.PerToken, -1);
        return (experts, largest.softmax(-1));
    }

    private (Tensor Experts, Tensor Weights) SigmoidOfTop(Tensor scores)
    {
        (Tensor largest, Tensor experts) = scores.topk(sizes.PerToken, -1);
        return (experts, largest.sigmoid());
    }

    /// <summary>The best groups by the sum of their largest choices, then the best experts in these.</summary>
    private (Tensor Experts, Tensor Weights) InGroups(Tensor shares, Tensor? correction, int largest)
    {
        Tensor choices = correction is null ? shares : shares + correction.to(ScalarType.Float32);
        if (sizes.Groups > 1)
        {
            Tensor groups = choices.SplitLast(sizes.Groups, sizes.Count / sizes.Groups); // [N, groups, E / groups]
            Tensor merit = groups.topk(Math.Min(largest, sizes.Count / sizes.Groups), -1).values.sum(-1);
            Tensor chosen = merit.topk(sizes.ChosenGroups, -1).indexes; // [N, chosen]
            Tensor open = zeros_like(merit, dtype: ScalarType.Bool).scatter(-1, chosen, ones_like(chosen, dtype: ScalarType.Bool));
            choices = groups.masked_fill(open.unsqueeze(-1).logical_not(), double.NegativeInfinity).flatten(1);
        }

        Tensor experts = choices.topk(sizes.PerToken, -1).indexes;
        return (experts, shares.gather(-1, experts));
    }

    /// <summary>
    /// Two experts in turn: the largest score, then the largest of the rest; each weighed by a softmax over the scores left that lie
    /// near it.
    /// </summary>
    private (Tensor Experts, Tensor Weights) SparseMixer(Tensor scores)
    {
        Tensor first = scores.argmax(-1, keepdim: true);
        Tensor rest = scores.scatter(-1, first, full_like(first, double.NegativeInfinity, dtype: ScalarType.Float32));
        Tensor second = rest.argmax(-1, keepdim: true);
        return (cat([first, second], -1), cat([Share(scores, scores, first), Share(scores, rest, second)], -1));
    }

    private Tensor Share(Tensor scores, Tensor left, Tensor chosen)
    {
        Tensor largest = left.gather(-1, chosen);
        Tensor far = (largest - scores) / maximum(scores.abs(), largest) > 2 * sizes.Jitter;
        return left.masked_fill(far, double.NegativeInfinity).softmax(-1).gather(-1, chosen);
    }
}
