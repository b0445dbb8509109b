using LayerTool.Architectures;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>
/// Gated delta rule (Yang, Kautz, Hatamizadeh): each value head keeps a state S [key width, value width], which for each token decays
/// by e^g, then takes in what its key does not yet give: S ← S + k ⊗ β (v − Sᵀk); the output is Sᵀq, normed and gated. Computed in
/// float32. Nk key heads, Nv value heads, K and V their widths.
/// </summary>
internal sealed class GatedDelta : ITokenMixer
{
    private const string Kept = "delta";

    private readonly GatedDeltaConfig _sizes;
    private readonly bool _packed;
    private readonly Projection? _mixedAndGate;
    private readonly Projection? _betaAndDecay;
    private readonly Projection? _mixed;
    private readonly Projection? _gate;
    private readonly Projection? _beta;
    private readonly Projection? _decay;
    private readonly CausalConvolution _convolution;
    private readonly Tensor _logRate;
    private readonly Tensor _stepBias;
    private readonly Norm _norm;
    private readonly Projection _output;

    public GatedDelta(LayerReader read, ModelConfig config)
    {
        GatedDeltaSpec names = config.Architecture.GatedDelta!;
        string prefix = names.Prefix;
        _sizes = config.GatedDelta!;
        _packed = names.Packed;
        _mixedAndGate = read.FindProjection(prefix + "in_proj_qkvz");
        _betaAndDecay = read.FindProjection(prefix + "in_proj_ba");
        _mixed = read.FindProjection(prefix + "in_proj_qkv");
        _gate = read.FindProjection(prefix + "in_proj_z");
        _beta = read.FindProjection(prefix + "in_proj_b");
        _decay = read.FindProjection(prefix + "in_proj_a");
        _convolution = new CausalConvolution(read.Get(prefix + "conv1d.weight"), bias: null);
        _logRate = read.Get(prefix + "A_log");
        _stepBias = read.Get(prefix + "dt_bias");
        _norm = read.Norm(prefix + "norm", new NormSpec());
        _output = read.Projection(prefix + "out_proj");
    }

    /// <inheritdoc />
    public Tensor Apply(Tensor state, ForwardPass pass, int slot)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor mixed, Tensor gate, Tensor beta, Tensor decay) = _packed ? ProjectPacked(pass.WithoutPadding(state)) : Project(pass.WithoutPadding(state));
        mixed = nn.functional.silu(_convolution.Apply(mixed, pass, slot)).to(ScalarType.Float32); // [B, T, q, k, v]
        int repeats = _sizes.ValueHeads / _sizes.KeyHeads;
        Tensor query = Unit(Heads(mixed.narrow(-1, 0, _sizes.KeyWidth), _sizes.KeyHeads)).repeat_interleave(repeats, 2) / Math.Sqrt(_sizes.KeyDim); // [B, T, Nv, K]
        Tensor key = Unit(Heads(mixed.narrow(-1, _sizes.KeyWidth, _sizes.KeyWidth), _sizes.KeyHeads)).repeat_interleave(repeats, 2);
        Tensor value = Heads(mixed.narrow(-1, 2 * _sizes.KeyWidth, _sizes.ValueWidth), _sizes.ValueHeads); // [B, T, Nv, V]
        Tensor kept = (-_logRate.to(ScalarType.Float32).exp() * nn.functional.softplus(decay.to(ScalarType.Float32) + _stepBias.to(ScalarType.Float32))).exp(); // [B, T, Nv]
        Tensor output = Recur(query, key, value, kept, beta.to(ScalarType.Float32).sigmoid(), pass, slot).to(state.dtype); // [B, T, Nv, V]
        Tensor gated = _norm.Apply(output) * nn.functional.silu(gate);
        return _output.Apply(gated.flatten(2)).MoveToOuterDisposeScope();
    }

    private Tensor Recur(Tensor query, Tensor key, Tensor value, Tensor kept, Tensor beta, ForwardPass pass, int slot)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor memory = pass.Cache?.FindState(slot, Kept)
            ?? zeros([query.size(0), _sizes.ValueHeads, _sizes.KeyDim, _sizes.ValueDim], dtype: ScalarType.Float32, device: query.device);
        List<Tensor> outputs = [];
        for (long token = 0; token < query.size(1); token++)
        {
            using DisposeScope step = NewDisposeScope();
            Tensor keyOf = key.select(1, token).unsqueeze(-1); // [B, Nv, K, 1]
            Tensor decayed = memory * kept.select(1, token).unsqueeze(-1).unsqueeze(-1);
            Tensor known = (decayed * keyOf).sum(-2); // [B, Nv, V]
            Tensor news = (value.select(1, token) - known) * beta.select(1, token).unsqueeze(-1);
            memory = decayed + (keyOf * news.unsqueeze(-2));
            outputs.Add((memory * query.select(1, token).unsqueeze(-1)).sum(-2));
            step.MoveToOuter(memory, outputs[^1]);
        }

        pass.Cache?.KeepState(slot, Kept, memory);
        return stack(outputs, 1).MoveToOuterDisposeScope();
    }

    /// <summary>q, k, v as the convolution takes them, z, b and a, each from a tensor of its own.</summary>
    private (Tensor Mixed, Tensor Gate, Tensor Beta, Tensor Decay) Project(Tensor state) => (
        _mixed!.Value.Apply(state),
        Heads(_gate!.Value.Apply(state), _sizes.ValueHeads),
        _beta!.Value.Apply(state),
        _decay!.Value.Apply(state));

    /// <summary>The same from tensors that hold q, k, v, z, and b, a, together for each key head.</summary>
    private (Tensor Mixed, Tensor Gate, Tensor Beta, Tensor Decay) ProjectPacked(Tensor state)
    {
        int repeats = _sizes.ValueHeads / _sizes.KeyHeads;
        long values = (long)repeats * _sizes.ValueDim;
        Tensor groups = Heads(_mixedAndGate!.Value.Apply(state), _sizes.KeyHeads); // [B, T, Nk, 2 K + 2 values]
        Tensor Part(long start, long width) => groups.narrow(-1, start, width).flatten(2);

        Tensor mixed = cat([Part(0, _sizes.KeyDim), Part(_sizes.KeyDim, _sizes.KeyDim), Part(2L * _sizes.KeyDim, values)], -1);
        Tensor gate = Heads(Part((2L * _sizes.KeyDim) + values, values), _sizes.ValueHeads);
        Tensor rates = Heads(_betaAndDecay!.Value.Apply(state), _sizes.KeyHeads); // [B, T, Nk, 2 repeats]
        return (mixed, gate, rates.narrow(-1, 0, repeats).flatten(2), rates.narrow(-1, repeats, repeats).flatten(2));
    }

    private static Tensor Unit(Tensor heads) => heads * (heads.square().sum(-1, keepdim: true) + 1e-6).rsqrt();

    private static Tensor Heads(Tensor projected, int heads) => projected.SplitLast(heads, projected.size(-1) / heads);
}
