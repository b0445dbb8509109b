using LayerTool.Adapters;
using LayerTool.Architectures;
using LayerTool.Safetensors;

namespace LayerTool.Saving;

/// <summary>One tensor of the output and what becomes of its source's bytes on the way.</summary>
/// <param name="Name">Its name in the output.</param>
/// <param name="Source">Where its values lie; its shape is the output's.</param>
/// <param name="Dtype">Its type in the output.</param>
/// <param name="Gain">Factor on every value, or on 1 + every value.</param>
/// <param name="Place">Which of the two.</param>
public sealed record OutputTensor(string Name, TensorEntry Source, TensorDtype Dtype, double Gain = 1, GainPlace Place = GainPlace.Weight)
{
    /// <summary>The update that is merged into it before the gain, or null.</summary>
    internal AdaptedModule? Update { get; init; }

    /// <summary>Whether zeros are written, without reading the source.</summary>
    public bool IsZero => Gain == 0 && Place != GainPlace.WeightPlusOne;

    /// <summary>Whether the source's bytes are written as they are.</summary>
    public bool IsCopy => Gain == 1 && Dtype == Source.Dtype && Update is null;

    /// <summary>Size in the output, in bytes.</summary>
    public long ByteCount => Dtype == Source.Dtype ? Source.ByteCount : Source.ElementCount * Dtype.Bits / 8;
}
