using System.Collections.Immutable;

namespace LayerTool.Checkpoints;

/// <summary>What a layer, or a part outside the layers, holds.</summary>
/// <param name="Layer">Index of the layer; null outside the layers.</param>
/// <param name="Tensors">Number of tensors.</param>
/// <param name="Parameters">Number of elements.</param>
/// <param name="Bytes">Their size.</param>
/// <param name="Dtypes">Element types, the one with the most bytes first.</param>
/// <param name="SlidingWindow">Tokens that attention sees; null for all, or where it is not known.</param>
/// <param name="HasAttention">Whether there are tensors of an attention half.</param>
/// <param name="HasMlp">Whether there are tensors of an MLP half.</param>
/// <param name="Differences">In what it differs from the commonest kind of layer of the checkpoint.</param>
public sealed record InspectedLayer(
    int? Layer,
    int Tensors,
    long Parameters,
    long Bytes,
    ImmutableArray<string> Dtypes,
    int? SlidingWindow,
    bool HasAttention,
    bool HasMlp,
    ImmutableArray<string> Differences);
