using LayerTool.Adapters;
using LayerTool.Architectures;
using LayerTool.Tensors;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>What mixes the tokens of a layer.</summary>
internal interface ITokenMixer
{
    /// <summary>[B, T, H], normed → [B, T, H].</summary>
    /// <param name="state">The normed state.</param>
    /// <param name="pass">Positions, masks, cache.</param>
    /// <param name="slot">The slot's number: its place in the cache.</param>
    Tensor Apply(Tensor state, ForwardPass pass, int slot);
}

/// <summary>What a layer computes of each token alone.</summary>
internal interface IMlp
{
    /// <summary>[B, T, H], normed → [B, T, H].</summary>
    Tensor Apply(Tensor state);
}

/// <summary>The attention half of one layer: norm in front, mixer, norm behind, where there are any.</summary>
internal sealed record MixerHalf(Norm? Before, ITokenMixer Mixer, Norm? After)
{
    /// <summary>Takes the half from the store.</summary>
    /// <param name="store">Weights of the source.</param>
    /// <param name="config">Config of the source.</param>
    /// <param name="layer">Index of the layer.</param>
    /// <param name="gain">Factor on the half's update.</param>
    /// <param name="adapter">What the slot's adapter changes; null for none.</param>
    public static MixerHalf Load(WeightStore store, ModelConfig config, int layer, double gain, AdapterWeights? adapter)
    {
        ArchitectureSpec spec = config.Architecture;
        LayerReader read = new(store, config, layer, TensorRole.Attention, gain, adapter);
        return new MixerHalf(
            spec.Block.HasNormBefore() ? read.Norm(spec.Names.AttentionNorm, spec.Norm) : null,
            config.Layers[layer].Mixer switch
            {
                TokenMixer.GatedDelta => new GatedDelta(read, config),
                TokenMixer.ShortConvolution => new ShortConvolution(read, config),
                _ when config.Latent is LatentConfig => new LatentAttention(read, config, layer),
                _ => new Attention(read, config, layer),
            },
            spec.Block.HasNormAfter() ? read.Norm(spec.Names.AttentionOutputNorm, spec.Norm) : null);
    }
}

/// <summary>The MLP half of one layer: norm in front, MLP, norm behind, where there are any.</summary>
internal sealed record MlpHalf(Norm? Before, IMlp Mlp, Norm? After)
{
    /// <summary>Takes the half from the store; parameters as for <see cref="MixerHalf.Load"/>.</summary>
    public static MlpHalf Load(WeightStore store, ModelConfig config, int layer, double gain, AdapterWeights? adapter)
    {
        ArchitectureSpec spec = config.Architecture;
        LayerReader read = new(store, config, layer, TensorRole.Mlp, gain, adapter);
        string before = spec.Block == BlockShape.ParallelOneNorm ? spec.Names.AttentionNorm : spec.Names.MlpNorm;
        return new MlpHalf(
            spec.Block.HasNormBefore() ? read.Norm(before, spec.Norm) : null,
            config.Layers[layer].HasExperts ? new Experts(read, config) : new Mlp(read, config),
            spec.Block.HasNormAfter() ? read.Norm(spec.Names.MlpOutputNorm, spec.Norm) : null);
    }
}

/// <summary>What one layer has beside its halves; it runs whichever of them does.</summary>
/// <param name="AfterAttention">Norm of the stream behind attention, or null.</param>
/// <param name="AfterMlp">Norm of the stream behind the MLP, or null.</param>
/// <param name="Input">The layer's own input, or null.</param>
/// <param name="Scalar">Factor on the whole output [1], or null.</param>
internal sealed record LayerFrame(Norm? AfterAttention, Norm? AfterMlp, LayerInput? Input, Tensor? Scalar)
{
    /// <summary>Takes it from the store.</summary>
    public static LayerFrame Load(WeightStore store, ModelConfig config, int layer, AdapterWeights? adapter)
    {
        ArchitectureSpec spec = config.Architecture;
        LayerReader read = new(store, config, layer, TensorRole.Layer, adapter: adapter);
        bool onStream = spec.Block == BlockShape.NormOnStream;
        return new LayerFrame(
            onStream ? read.Norm(spec.Names.AttentionOutputNorm, spec.Norm) : null,
            onStream ? read.Norm(spec.Names.MlpOutputNorm, spec.Norm) : null,
            spec.LayerInputs is LayerInputSpec inputs && config.LayerInputSize > 0 ? new LayerInput(read, inputs, config, layer) : null,
            spec.LayerScalar is string scalar ? read.Get(scalar) : null);
    }
}
