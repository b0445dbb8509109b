using LayerTool.Architectures;
using LayerTool.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>
/// softmax(scale · q kᵀ) v for each query head with its group's keys and values, with what families do to the scores: cap, bias by
/// position, sinks. Letters as in <see cref="Attention"/>; values may have another width than keys.
/// </summary>
internal sealed class Scores
{
    private readonly double _scale;
    private readonly double? _softcap;
    private readonly KeyReach _reach;
    private readonly AlibiKind _alibi;
    private readonly Tensor? _sinks;

    /// <param name="config">Config of the layer's source.</param>
    /// <param name="layer">The layer's own kind.</param>
    /// <param name="sinks">[Nq], or null.</param>
    public Scores(ModelConfig config, LayerConfig layer, Tensor? sinks)
    {
        _scale = config.AttentionScale / layer.ScoreDivisor;
        _softcap = config.ScoreSoftcap;
        _reach = layer.Reach;
        _alibi = config.Architecture.Attention.Alibi;
        _sinks = sinks;
    }

    /// <summary>[B, Nq, T, D], [B, Nk, S, D] twice → [B, Nq, T, D].</summary>
    public Tensor Mix(Tensor query, Tensor key, Tensor value, ForwardPass pass)
    {
        using DisposeScope scope = NewDisposeScope();
        return (_softcap is null && _sinks is null && !pass.SpellsOutScores ? MixFused(query, key, value, pass) : MixSpelledOut(query, key, value, pass)).MoveToOuterDisposeScope();
    }

    private Tensor MixFused(Tensor query, Tensor key, Tensor value, ForwardPass pass)
    {
        // libtorch's own factor is 1 / √D.
        double factor = _scale * Math.Sqrt(query.size(-1));
        if (Math.Abs(factor - 1) > 1e-12)
        {
            query *= factor;
        }

        long groupSize = query.size(1) / key.size(1);
        if (groupSize > 1 && query.size(2) == 1 && _alibi == AlibiKind.None)
        {
            // One new token: the heads of a group are rows of one product, and keys and values need no copies.
            Tensor grouped = query.reshape(query.size(0), key.size(1), groupSize, query.size(3));
            Tensor mixed = nn.functional.scaled_dot_product_attention(grouped, key, value, pass.KeyMask(_reach)!, 0, false);
            return mixed.reshape(query.size(0), query.size(1), 1, value.size(3));
        }

        if (groupSize > 1)
        {
            key = key.repeat_interleave(groupSize, 1);
            value = value.repeat_interleave(groupSize, 1);
        }

        return _alibi == AlibiKind.None
            ? nn.functional.scaled_dot_product_attention(query, key, value, pass.KeyMask(_reach)!, 0, pass.IsPlainCausal(_reach))
            : nn.functional.scaled_dot_product_attention(query, key, value, pass.AlibiMask(_alibi, (int)query.size(1), _scale), 0, false);
    }

    private Tensor MixSpelledOut(Tensor query, Tensor key, Tensor value, ForwardPass pass)
    {
        long batch = query.size(0), heads = query.size(1), count = query.size(2), keyHeads = key.size(1);
        long rows = heads / keyHeads * count;

        // The heads of a group are rows of one product.
        Tensor scores = CheckedOps.MatrixProduct(query.reshape(batch, keyHeads, rows, query.size(3)), key.transpose(-1, -2)) * _scale; // [B, Nk, rows, S]
        scores = scores.to(ScalarType.Float32).reshape(batch, heads, count, key.size(2)); // [B, Nq, T, S]
        if (_softcap is double cap)
        {
            scores = (scores / cap).tanh() * cap;
        }

        if (pass.SpelledMask(_reach) is Tensor seen)
        {
            scores = scores.masked_fill(seen.logical_not(), double.NegativeInfinity);
        }

        if (_sinks is not null)
        {
            Tensor sinks = _sinks.to(ScalarType.Float32).view(1, heads, 1, 1).expand(batch, heads, count, 1);
            scores = cat([scores, sinks], -1);
        }

        Tensor shares = scores.softmax(-1).narrow(-1, 0, key.size(2)).to(value.dtype);
        return CheckedOps.MatrixProduct(shares.reshape(batch, keyHeads, rows, key.size(2)), value).reshape(batch, heads, count, value.size(3));
    }
}
