using LayerTool.Architectures;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>
/// Causal self-attention with grouped key and value heads. B batch, T new tokens, S all tokens (cached and new), Nq query heads,
/// Nk key and value heads, D head dim, H hidden size.
/// </summary>
internal sealed class Attention : ITokenMixer
{
    private readonly ModelConfig _config;
    private readonly LayerConfig _layer;
    private readonly AttentionSpec _spec;
    private readonly RopeConfig? _rope;
    private readonly QueryScaling? _queryScaling;
    private readonly Scores _scores;
    private readonly Projection? _query;
    private readonly Projection? _key;
    private readonly Projection? _value;
    private readonly Projection? _fused;
    private readonly Projection _output;
    private readonly QkNorm? _queryNorm;
    private readonly QkNorm? _keyNorm;
    private readonly Norm? _valueNorm;

    public Attention(LayerReader read, ModelConfig config, int layer)
    {
        TensorNames names = config.Architecture.Names;
        _config = config;
        _layer = config.Layers[layer];
        _spec = config.Architecture.Attention;
        _rope = config.RopeOf(_layer);
        _queryScaling = config.QueryScalingOf(_layer);
        _scores = new Scores(config, _layer, _spec.Sinks ? read.Get(names.Sinks) : null);
        _fused = read.FindProjection(names.QueryKeyValue);
        _query = read.FindProjection(names.Query);
        _key = read.FindProjection(names.Key);
        _value = read.FindProjection(names.Value);
        _output = read.Projection(names.AttentionOutput);
        if (_spec.QkNorm is QkNormSpec norm && (_rope is not null || !norm.RotatedOnly))
        {
            _queryNorm = new QkNorm(read, config, norm, names.QueryNorm, config.AttentionHeads);
            _keyNorm = _layer.Kv == KvRole.Read ? null : new QkNorm(read, config, norm, names.KeyNorm, _layer.KvHeads);
        }

        _valueNorm = _spec.ValueNorm ? new Norm(NormSpec.Rms, null, null, config.NormEpsilon) : null;
    }

    /// <inheritdoc />
    public Tensor Apply(Tensor state, ForwardPass pass, int slot)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor query, Tensor? key, Tensor? value, Tensor? gate) = Project(state); // [B, T, N, D]
        query = Turned(Bounded(Normed(query, _queryNorm)), pass, all: false, _queryNorm);
        query = _queryScaling is null ? query : query * pass.QueryFactors(_queryScaling);

        (Tensor keys, Tensor values) = key is null || value is null ? pass.SharedKv(_layer, slot) : Remember(key, value, pass, slot); // [B, Nk, S, D]
        Tensor mixed = JoinHeads(_scores.Mix(query, keys, values, pass)); // [B, T, Nq · D]
        return _output.Apply(gate is null ? mixed : mixed * gate.flatten(2).sigmoid()).MoveToOuterDisposeScope();
    }

    /// <summary>Adds new keys and values to those of the cache, and leaves them for layers that read them.</summary>
    private (Tensor Keys, Tensor Values) Remember(Tensor key, Tensor value, ForwardPass pass, int slot)
    {
        // Frequencies that depend on the length change for old keys too: these are kept as they were before the rotation.
        bool late = pass.Cache is not null && _rope?.DependsOnLength == true;
        key = Bounded(Normed(key, _keyNorm));
        key = late ? key.transpose(1, 2) : Turned(key, pass, all: false, _keyNorm);
        value = Bounded(_valueNorm?.Apply(value) ?? value).transpose(1, 2);
        if (pass.Cache is not null)
        {
            (key, value) = pass.Cache.Append(slot, key, value);
        }

        if (late)
        {
            key = Turned(key.transpose(1, 2), pass, all: true, _keyNorm);
        }

        if (_layer.Kv == KvRole.Given)
        {
            pass.GiveKv(_layer, key, value);
        }

        return (key, value);
    }

    /// <summary>Queries, keys, values and gates by head, [B, T, N, D]; keys and values are null where the layer reads those of another.</summary>
    private (Tensor Query, Tensor? Key, Tensor? Value, Tensor? Gate) Project(Tensor state)
    {
        int heads = _config.AttentionHeads, kvHeads = _layer.KvHeads, width = _layer.HeadDim;
        if (_fused is Projection fused)
        {
            Tensor joined = fused.Apply(state);
            if (_spec.Layout == QkvLayout.Groups)
            {
                int group = heads / kvHeads;
                Tensor groups = joined.SplitLast(kvHeads, group + 2, width); // [B, T, Nk, group + 2, D]
                return (groups.narrow(3, 0, group).flatten(2, 3), groups.select(3, group), groups.select(3, group + 1), null);
            }

            long queries = (long)heads * width, keys = (long)kvHeads * width;
            return (
                SplitHeads(joined.narrow(-1, 0, queries), heads),
                SplitHeads(joined.narrow(-1, queries, keys), kvHeads),
                SplitHeads(joined.narrow(-1, queries + keys, keys), kvHeads),
                null);
        }

        Tensor query = SplitHeads(_query!.Value.Apply(state), heads);
        Tensor? gate = null;
        if (_spec.OutputGate)
        {
            gate = query.narrow(-1, width, width);
            query = query.narrow(-1, 0, width);
        }

        return (
            query,
            _key is Projection key ? SplitHeads(key.Apply(state), kvHeads) : null,
            _value is Projection value ? SplitHeads(value.Apply(state), kvHeads) : null,
            gate);
    }

    private Tensor Normed(Tensor heads, QkNorm? norm) => norm is null || _spec.QkNorm!.AfterRotation ? heads : norm.Apply(heads);

    private Tensor Bounded(Tensor heads) => _config.QkvBound is double bound ? heads.clamp(-bound, bound) : heads;

    /// <summary>[B, T, N, D] → [B, N, T, D], turned by positions.</summary>
    private Tensor Turned(Tensor heads, ForwardPass pass, bool all, QkNorm? norm)
    {
        Tensor turned = heads.transpose(1, 2);
        if (_rope is not null)
        {
            turned = RotaryEmbedding.Rotate(turned, pass.Rope(_rope, all), _rope);
        }

        return norm is not null && _spec.QkNorm!.AfterRotation ? norm.Apply(turned) : turned;
    }

    private static Tensor SplitHeads(Tensor projected, int heads) => projected.SplitLast(heads, projected.size(-1) / heads);

    private static Tensor JoinHeads(Tensor heads) => heads.transpose(1, 2).flatten(2); // [B, T, Nq · D]
}
