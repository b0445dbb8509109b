using LayerTool.Architectures;
using LayerTool.Tensors;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>The attention half of one layer, borrowed from the weight store.</summary>
internal sealed record AttentionWeights(Tensor Norm, Projection Query, Projection Key, Projection Value, Projection Output, Tensor? QueryNorm, Tensor? KeyNorm)
{
    /// <summary>Takes the half from the store.</summary>
    /// <param name="store">Weights of the source.</param>
    /// <param name="config">Config of the source.</param>
    /// <param name="layer">Index of the layer.</param>
    /// <param name="gain">Factor on the half's update.</param>
    public static AttentionWeights Load(WeightStore store, ModelConfig config, int layer, double gain)
    {
        TensorNames names = config.Architecture.Names;
        long queryWidth = (long)config.AttentionHeads * config.HeadDim;
        long kvWidth = (long)config.Layers[layer].KvHeads * config.HeadDim;
        LayerReader read = new(store, names, layer);
        return new AttentionWeights(
            read.Weight(names.AttentionNorm, config.HiddenSize),
            read.Projection(names.Query, queryWidth, config.HiddenSize, config.QkvBias),
            read.Projection(names.Key, kvWidth, config.HiddenSize, config.QkvBias),
            read.Projection(names.Value, kvWidth, config.HiddenSize, config.QkvBias),
            read.Projection(names.AttentionOutput, config.HiddenSize, queryWidth, config.AttentionOutputBias, gain),
            names.QueryNorm is string queryNorm ? read.Weight(queryNorm, config.HeadDim) : null,
            names.KeyNorm is string keyNorm ? read.Weight(keyNorm, config.HeadDim) : null);
    }
}

/// <summary>The MLP half of one layer, borrowed from the weight store.</summary>
internal sealed record MlpWeights(Tensor Norm, Projection Gate, Projection Up, Projection Output)
{
    /// <summary>Takes the half from the store; parameters as for <see cref="AttentionWeights.Load"/>.</summary>
    public static MlpWeights Load(WeightStore store, ModelConfig config, int layer, double gain)
    {
        TensorNames names = config.Architecture.Names;
        int inner = config.Layers[layer].IntermediateSize;
        LayerReader read = new(store, names, layer);
        return new MlpWeights(
            read.Weight(names.MlpNorm, config.HiddenSize),
            read.Projection(names.Gate, inner, config.HiddenSize, config.MlpBias),
            read.Projection(names.Up, inner, config.HiddenSize, config.MlpBias),
            read.Projection(names.MlpOutput, config.HiddenSize, inner, config.MlpBias, gain));
    }
}

/// <summary>Reads tensors of one layer by their names in the table.</summary>
internal readonly record struct LayerReader(WeightStore Store, TensorNames Names, int Layer)
{
    public Tensor Weight(string module, long width) => Store.Get(Names.InLayer(Layer, module + ".weight"), width);

    public Projection Projection(string module, long output, long input, bool bias, double gain = 1) => new(
        Store.GetScaled(Names.InLayer(Layer, module + ".weight"), gain, output, input),
        bias ? Store.GetScaled(Names.InLayer(Layer, module + ".bias"), gain, output) : null);
}
