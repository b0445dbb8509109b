namespace LayerTool.Checkpoints;

/// <summary>How a layer, or what is outside the layers, differs between two models.</summary>
/// <param name="Layer">Index of the layer; null for all that is outside.</param>
/// <param name="Equal">Tensors with equal type, shape and bytes.</param>
/// <param name="Changed">Tensors of another type, shape or value.</param>
/// <param name="Added">Tensors that only the second has.</param>
/// <param name="Removed">Tensors that only the first has.</param>
/// <param name="MaxAbsDifference">The largest difference of a value; null where none was compared.</param>
public sealed record LayerDifference(int? Layer, int Equal, int Changed, int Added, int Removed, double? MaxAbsDifference)
{
    /// <summary>Whether nothing differs.</summary>
    public bool IsEqual => Changed == 0 && Added == 0 && Removed == 0;
}
