using LayerTool.Architectures;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>
/// Causal self-attention with grouped key and value heads. B batch, T new tokens, S all tokens (cached and new), Nq query heads,
/// Nk key and value heads, D head dim, H hidden size.
/// </summary>
internal static class Attention
{
    /// <summary>Attention of a normed state.</summary>
    /// <param name="weights">The half's weights.</param>
    /// <param name="config">Config of the layer's own source.</param>
    /// <param name="layer">The layer's own kind.</param>
    /// <param name="pass">Positions, masks, cache.</param>
    /// <param name="slot">The slot's number: its place in the cache.</param>
    /// <param name="state">[B, T, H], normed.</param>
    /// <returns>[B, T, H].</returns>
    public static Tensor Apply(AttentionWeights weights, ModelConfig config, LayerConfig layer, ForwardPass pass, int slot, Tensor state)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor query = SplitHeads(weights.Query.Apply(state), config.AttentionHeads, config.HeadDim); // [B, Nq, T, D]
        Tensor key = SplitHeads(weights.Key.Apply(state), layer.KvHeads, config.HeadDim); // [B, Nk, T, D]
        Tensor value = SplitHeads(weights.Value.Apply(state), layer.KvHeads, config.HeadDim);
        if (weights.QueryNorm is not null && weights.KeyNorm is not null)
        {
            query = RmsNorm.Apply(query, weights.QueryNorm, config.RmsNormEpsilon);
            key = RmsNorm.Apply(key, weights.KeyNorm, config.RmsNormEpsilon);
        }

        bool turnLate = pass.Cache is not null && config.Rope.DependsOnLength;
        (Tensor Cos, Tensor Sin) rope = pass.Rope(config.Rope, config.HeadDim);
        query = RotaryEmbedding.Rotate(query, rope);
        if (!turnLate)
        {
            key = RotaryEmbedding.Rotate(key, rope);
        }

        if (pass.QueryScaling(config.Rope) is Tensor scaling)
        {
            query *= scaling;
        }

        if (pass.Cache is not null)
        {
            (key, value) = pass.Cache.Append(slot, key, value); // [B, Nk, S, D]
        }

        if (turnLate)
        {
            key = RotaryEmbedding.Rotate(key, pass.Rope(config.Rope, config.HeadDim, all: true));
        }

        Tensor mixed = Mix(query, key, value, pass.KeyMask(layer.SlidingWindow), pass.IsPlainCausal(layer.SlidingWindow));
        return weights.Output.Apply(JoinHeads(mixed)).MoveToOuterDisposeScope();
    }

    /// <summary>softmax(q kᵀ / √D) v for each query head with its group's keys and values: [B, Nq, T, D].</summary>
    private static Tensor Mix(Tensor query, Tensor key, Tensor value, Tensor? mask, bool causal)
    {
        long groupSize = query.size(1) / key.size(1);
        long count = query.size(2);
        if (groupSize > 1 && count == 1)
        {
            // One new token: the heads of a group are rows of one product, and keys and values need no copies.
            Tensor grouped = query.view(query.size(0), key.size(1), groupSize, query.size(3));
            Tensor mixed = nn.functional.scaled_dot_product_attention(grouped, key, value, mask!, 0, false);
            return mixed.reshape(query.shape);
        }

        if (groupSize > 1)
        {
            key = key.repeat_interleave(groupSize, 1);
            value = value.repeat_interleave(groupSize, 1);
        }

        return nn.functional.scaled_dot_product_attention(query, key, value, mask!, 0, causal);
    }

    private static Tensor SplitHeads(Tensor projected, int heads, int headDim) =>
        projected.view(projected.size(0), projected.size(1), heads, headDim).transpose(1, 2);

    private static Tensor JoinHeads(Tensor heads) => heads.transpose(1, 2).flatten(2); // [B, T, Nq · D]
}
