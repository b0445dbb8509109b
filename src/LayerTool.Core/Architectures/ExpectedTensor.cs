using System.Collections.Immutable;

namespace LayerTool.Architectures;

/// <summary>How a factor on what a half adds to the stream is put into one of its tensors.</summary>
public enum GainPlace
{
    /// <summary>The tensor stays as it is.</summary>
    None,

    /// <summary>w · g.</summary>
    Weight,

    /// <summary>(1 + w) · g − 1.</summary>
    WeightPlusOne,
}

/// <summary>A tensor that a checkpoint's config.json demands.</summary>
/// <param name="Name">Full name in the file.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Role">The part of the model that it belongs to.</param>
/// <param name="Layer">Index of its layer; null before and after the layers.</param>
public sealed record ExpectedTensor(string Name, ImmutableArray<long> Shape, TensorRole Role, int? Layer)
{
    /// <summary>How a gain of its half changes it.</summary>
    public GainPlace Gain { get; init; }

    /// <summary>Whether it is the matrix of a linear map that runs on its own, which an adapter can update.</summary>
    public bool IsProjection { get; init; }

    /// <summary>The share of its elements that one token computes with: of experts those that are chosen.</summary>
    public (int Of, int In) UsedShare { get; init; } = (1, 1);
}
