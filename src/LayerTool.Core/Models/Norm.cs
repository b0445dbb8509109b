using LayerTool.Architectures;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>A norm with its weights, which are borrowed from the weight store.</summary>
/// <param name="Spec">What it computes.</param>
/// <param name="Weight">[D], or a shape that the normed state is multiplied with as it stands; null for none.</param>
/// <param name="Bias">Likewise.</param>
/// <param name="Epsilon">ε.</param>
internal sealed record Norm(NormSpec Spec, Tensor? Weight, Tensor? Bias, double Epsilon)
{
    /// <summary>Normalises the last dimension of [.., D].</summary>
    public Tensor Apply(Tensor input) => Spec.Kind == NormKind.Rms ? Rms(input) : Layer(input);

    /// <summary>RMS normalisation (Zhang and Sennrich): x / √(mean x² + ε) in float32, cast back, times the weight.</summary>
    private Tensor Rms(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor wide = input.to(ScalarType.Float32);
        Tensor scale = (wide.square().mean([-1], keepdim: true) + Epsilon).rsqrt();
        Tensor normed = wide * scale;
        if (Weight is null)
        {
            return normed.to(input.dtype).MoveToOuterDisposeScope();
        }

        return (Spec.MultipliesInFloat32 ? (normed * Factor(Weight.to(ScalarType.Float32))).to(input.dtype) : normed.to(input.dtype) * Factor(Weight)).MoveToOuterDisposeScope();
    }

    /// <summary>(x − mean) / √(variance + ε), times the weight, plus the bias.</summary>
    private Tensor Layer(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor? factor = Weight is null ? null : Factor(Weight);
        long[] span = [input.size(-1)];
        if (factor is null || factor.dim() == 1)
        {
            return nn.functional.layer_norm(input, span, factor!, Bias!, Epsilon).MoveToOuterDisposeScope();
        }

        return (nn.functional.layer_norm(input, span, eps: Epsilon) * factor).MoveToOuterDisposeScope();
    }

    private Tensor Factor(Tensor weight) => Spec.WeightPlusOne ? weight + 1 : weight;
}
