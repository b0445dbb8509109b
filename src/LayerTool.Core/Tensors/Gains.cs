using LayerTool.Architectures;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Tensors;

/// <summary>Factors on what a half of a layer adds to the stream, put into its tensors.</summary>
internal static class Gains
{
    /// <summary>The tensor with the factor in it, in float32.</summary>
    public static Tensor Apply(Tensor tensor, double gain, GainPlace place)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor wide = tensor.to(ScalarType.Float32);
        return (place == GainPlace.WeightPlusOne ? ((wide + 1) * (float)gain) - 1 : wide * (float)gain).MoveToOuterDisposeScope();
    }
}
