using LayerTool.Checkpoints;
using LayerTool.Safetensors;

namespace LayerTool.Tensors;

/// <summary>What the weights of layers are mixed with: (1 − part) · own + part · other.</summary>
/// <param name="Other">A checkpoint whose layers fit.</param>
/// <param name="Part">0 for the own weights, 1 for the other's; both are copies, to the bit.</param>
internal sealed record WeightMix(Checkpoint Other, double Part)
{
    /// <summary>The other's tensor in the place of one of a checkpoint, or null where that is outside the layers.</summary>
    public TensorEntry? Find(Checkpoint checkpoint, TensorEntry own)
    {
        TensorPlace place = checkpoint.Layers.Place(own.Name);
        return place.Side == TensorSide.Layer ? Other.Tensors.GetValueOrDefault(Other.Layers.Name(place.Layer, place.Suffix)) : null;
    }
}
