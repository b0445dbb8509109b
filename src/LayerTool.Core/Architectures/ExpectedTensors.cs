using System.Collections.Immutable;

namespace LayerTool.Architectures;

/// <summary>
/// The tensors that a config demands, each with its shape: what a file is checked against, and what the decoder loads by.
/// A tied head is not among them: it is the embedding table.
/// </summary>
public static class ExpectedTensors
{
    /// <summary>All tensors of a model, in the order in which they run.</summary>
    public static IEnumerable<ExpectedTensor> For(ModelConfig config) =>
        [.. BeforeLayers(config), .. Enumerable.Range(0, config.LayerCount).SelectMany(layer => InLayer(config, layer)), .. AfterLayers(config)];

    /// <summary>Tensors that run before the first layer.</summary>
    public static IEnumerable<ExpectedTensor> BeforeLayers(ModelConfig config) =>
        [new(config.Architecture.Names.Embedding + ".weight", [config.VocabSize, config.HiddenSize], TensorRole.BeforeLayers, null)];

    /// <summary>Tensors that run after the last layer.</summary>
    public static IEnumerable<ExpectedTensor> AfterLayers(ModelConfig config)
    {
        TensorNames names = config.Architecture.Names;
        yield return new(names.FinalNorm + ".weight", [config.HiddenSize], TensorRole.AfterLayers, null);
        if (!config.TiedEmbeddings)
        {
            yield return new(names.Head + ".weight", [config.VocabSize, config.HiddenSize], TensorRole.AfterLayers, null);
        }
    }

    /// <summary>Tensors of one layer, those of attention first. A half that the layer has not needs none.</summary>
    /// <param name="config">The settled config.</param>
    /// <param name="layer">Index of the layer.</param>
    public static IEnumerable<ExpectedTensor> InLayer(ModelConfig config, int layer)
    {
        TensorNames names = config.Architecture.Names;
        LayerConfig kind = config.Layers[layer];
        long hidden = config.HiddenSize;
        long queries = (long)config.AttentionHeads * config.HeadDim;
        long keys = (long)kind.KvHeads * config.HeadDim;
        long inner = kind.IntermediateSize;

        ExpectedTensor Weight(string module, TensorRole role, params ImmutableArray<long> shape) =>
            new(names.InLayer(layer, module + ".weight"), shape, role, layer);

        IEnumerable<ExpectedTensor> Projection(string module, TensorRole role, long output, long input, bool bias)
        {
            yield return Weight(module, role, output, input);
            if (bias)
            {
                yield return new(names.InLayer(layer, module + ".bias"), [output], role, layer);
            }
        }

        ExpectedTensor[] attention =
        [
            Weight(names.AttentionNorm, TensorRole.Attention, hidden),
            .. Projection(names.Query, TensorRole.Attention, queries, hidden, config.QkvBias),
            .. Projection(names.Key, TensorRole.Attention, keys, hidden, config.QkvBias),
            .. Projection(names.Value, TensorRole.Attention, keys, hidden, config.QkvBias),
            .. Projection(names.AttentionOutput, TensorRole.Attention, hidden, queries, config.AttentionOutputBias),
            .. names.QueryNorm is string queryNorm ? [Weight(queryNorm, TensorRole.Attention, config.HeadDim)] : Array.Empty<ExpectedTensor>(),
            .. names.KeyNorm is string keyNorm ? [Weight(keyNorm, TensorRole.Attention, config.HeadDim)] : Array.Empty<ExpectedTensor>(),
        ];
        ExpectedTensor[] mlp =
        [
            Weight(names.MlpNorm, TensorRole.Mlp, hidden),
            .. Projection(names.Gate, TensorRole.Mlp, inner, hidden, config.MlpBias),
            .. Projection(names.Up, TensorRole.Mlp, inner, hidden, config.MlpBias),
            .. Projection(names.MlpOutput, TensorRole.Mlp, hidden, inner, config.MlpBias),
        ];
        return [.. kind.HasAttention ? attention : [], .. kind.HasMlp ? mlp : []];
    }
}
