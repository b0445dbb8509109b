using LayerTool.Safetensors;

namespace LayerTool.Saving;

/// <summary>One tensor of the output and what becomes of its source's bytes on the way.</summary>
/// <param name="Name">Its name in the output.</param>
/// <param name="Source">Where its values lie; its shape is the output's.</param>
/// <param name="Dtype">Its type in the output.</param>
/// <param name="Gain">Factor on every value; 0 writes zeros without reading.</param>
public sealed record OutputTensor(string Name, TensorEntry Source, TensorDtype Dtype, double Gain = 1)
{
    /// <summary>Whether the source's bytes are written as they are.</summary>
    public bool IsCopy => Gain == 1 && Dtype == Source.Dtype;

    /// <summary>Size in the output, in bytes.</summary>
    public long ByteCount => Dtype == Source.Dtype ? Source.ByteCount : Source.ElementCount * Dtype.Bits / 8;
}
