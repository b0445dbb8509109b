using System.Collections.Immutable;

namespace LayerTool.Architectures;

/// <summary>A tensor that a checkpoint's config.json demands.</summary>
/// <param name="Name">Full name in the file.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Role">The part of the model that it belongs to.</param>
/// <param name="Layer">Index of its layer; null before and after the layers.</param>
public sealed record ExpectedTensor(string Name, ImmutableArray<long> Shape, TensorRole Role, int? Layer);
