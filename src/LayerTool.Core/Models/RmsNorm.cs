using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>RMS normalisation (Zhang and Sennrich): x / √(mean x² + ε) in float32, cast back, times the weight.</summary>
internal static class RmsNorm
{
    /// <summary>Normalises the last dimension.</summary>
    /// <param name="input">[.., D].</param>
    /// <param name="weight">[D].</param>
    /// <param name="epsilon">ε.</param>
    public static Tensor Apply(Tensor input, Tensor weight, double epsilon)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor wide = input.to(ScalarType.Float32);
        Tensor scale = (wide.square().mean([-1], keepdim: true) + epsilon).rsqrt();
        return ((wide * scale).to(input.dtype) * weight).MoveToOuterDisposeScope();
    }
}
