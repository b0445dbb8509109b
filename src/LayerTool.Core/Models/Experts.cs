using LayerTool.Architectures;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>
/// Mixture of experts: each token runs through the experts that the router chose, weighed. Tokens are brought together by expert, so
/// that each expert computes once. N tokens, H hidden size, I inner width.
/// </summary>
internal sealed class Experts : IMlp
{
    private readonly Router _router;
    private readonly IMlp[] _experts;
    private readonly Mlp? _shared;
    private readonly Projection? _sharedGate;
    private readonly int _perToken;
    private readonly bool _weighsInput;

    public Experts(LayerReader read, ModelConfig config)
    {
        ExpertsSpec spec = config.Architecture.Experts!;
        ExpertsConfig sizes = config.Experts!;
        Activation activation = config.Activation;
        Mlp Gated(string prefix, ExpertsSpec names) =>
            new(activation, read.Projection(prefix + names.Gate), read.Projection(prefix + names.Up), read.Projection(prefix + names.Down));

        _perToken = sizes.PerToken;
        _weighsInput = spec.WeighsInput;
        _router = new Router(read, spec, sizes);
        _experts = [.. Enumerable.Range(0, sizes.Count).Select(expert => (IMlp)(spec.Layout == ExpertLayout.Separate
            ? Gated(spec.InExpert(expert), spec)
            : new StackedExpert(read, spec, sizes, activation, expert)))];
        if (sizes.SharedIntermediateSize > 0)
        {
            _shared = Gated(spec.Shared + ".", ExpertsSpec.SharedNames);
            _sharedGate = spec.SharedGate is string gate ? read.Projection(gate) : null;
        }
    }

    /// <inheritdoc />
    public Tensor Apply(Tensor state)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor tokens = state.flatten(0, -2); // [N, H]
        Tensor mixed = Route(tokens);
        if (_shared is not null)
        {
            Tensor shared = _shared.Apply(tokens);
            mixed += _sharedGate is Projection gate ? shared * gate.Apply(tokens).sigmoid() : shared;
        }

        return mixed.view(state.shape).MoveToOuterDisposeScope();
    }

    private Tensor Route(Tensor tokens)
    {
        (Tensor experts, Tensor weights) = _router.Choose(tokens); // [N, K] each
        Tensor order = experts.flatten().argsort(); // places (token · K + choice) by expert
        long[] counts = experts.flatten().bincount(null, _experts.Length).cpu().data<long>().ToArray();
        Tensor owners = order.div(_perToken, RoundingMode.floor); // token of each place
        Tensor shares = weights.flatten().index_select(0, order).unsqueeze(-1);
        Tensor mixed = zeros_like(tokens);
        long start = 0;
        for (int expert = 0; expert < counts.Length; expert++)
        {
            using DisposeScope scope = NewDisposeScope();
            long count = counts[expert];
            if (count == 0)
            {
                continue;
            }

            Tensor own = owners.narrow(0, start, count);
            Tensor input = tokens.index_select(0, own), share = shares.narrow(0, start, count);
            Tensor output = _weighsInput ? _experts[expert].Apply((input * share).to(tokens.dtype)) : (_experts[expert].Apply(input) * share).to(tokens.dtype);
            mixed.index_add_(0, own, output, 1);
            start += count;
        }

        return mixed;
    }
}
