namespace LayerTool.Checkpoints;

/// <summary>The place of a tensor by its name.</summary>
/// <param name="Side">Before, in or after the layers.</param>
/// <param name="Layer">Index of the layer; −1 outside the layers.</param>
/// <param name="Suffix">What follows the layer's number, such as <c>mlp.up_proj.weight</c>; the whole name outside the layers.</param>
public readonly record struct TensorPlace(TensorSide Side, int Layer, string Suffix);
