using LayerTool.Architectures;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>One expert of tensors that hold all of them.</summary>
internal sealed class StackedExpert(LayerReader read, ExpertsSpec spec, ExpertsConfig sizes, Activation activation, int expert) : IMlp
{
    private readonly Tensor _gateUp = read.Get(spec.StackedGateUp!);
    private readonly Tensor? _gateUpBias = read.Find(spec.StackedGateUp + "_bias");
    private readonly Tensor _down = read.Get(spec.StackedDown!);
    private readonly Tensor? _downBias = read.Find(spec.StackedDown + "_bias");
    private readonly bool _interleaved = spec.Layout == ExpertLayout.StackedInterleaved;
    private readonly bool _transposed = spec.Layout != ExpertLayout.Stacked;

    /// <inheritdoc />
    public Tensor Apply(Tensor state)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor joined = Project(state, _gateUp, _gateUpBias); // [N, 2 I]
        Tensor inner = _interleaved ? Clamped(joined.SplitLast(-1, 2)) : Activated(joined);
        return Project(inner, _down, _downBias).MoveToOuterDisposeScope();
    }

    private Tensor Project(Tensor state, Tensor weights, Tensor? biases)
    {
        Tensor weight = weights.select(0, expert);
        return nn.functional.linear(state, _transposed ? weight.t() : weight, biases?.select(0, expert)!);
    }

    private Tensor Activated(Tensor joined)
    {
        Tensor[] halves = joined.chunk(2, -1);
        return Activations.Apply(activation, halves[0]) * halves[1];
    }

    /// <summary>gpt-oss: (up' + 1) · gate' · σ(α gate'), gate' = min(gate, limit), up' = clip(up, ±limit); gate and up in turn, [N, I, 2].</summary>
    private Tensor Clamped(Tensor pairs)
    {
        Tensor gate = pairs.select(-1, 0).clamp(max: sizes.Limit);
        Tensor up = pairs.select(-1, 1).clamp(-sizes.Limit, sizes.Limit);
        return (up + 1) * gate * (gate * sizes.Alpha).sigmoid();
    }
}
