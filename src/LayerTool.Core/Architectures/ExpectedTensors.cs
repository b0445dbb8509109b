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
    public static IEnumerable<ExpectedTensor> BeforeLayers(ModelConfig config)
    {
        ArchitectureSpec spec = config.Architecture;
        TensorNames names = spec.Names;
        ExpectedTensor Tensor(string name, params long[] shape) => new(name, [.. shape], TensorRole.BeforeLayers, null);

        yield return Tensor(names.Embedding + ".weight", config.VocabSize, config.EmbeddingWidth);
        if (spec.Positions.Learned)
        {
            yield return Tensor(names.PositionTable + ".weight", config.ContextLength + spec.Positions.TableOffset, config.HiddenSize);
        }

        if (config.EmbeddingWidth != config.HiddenSize)
        {
            yield return Tensor(names.EmbeddingProjection + ".weight", config.HiddenSize, config.EmbeddingWidth);
        }

        if (spec.EmbeddingNorm is NormSpec norm)
        {
            foreach (string part in Parts(norm))
            {
                yield return Tensor(names.EmbeddingNorm + part, config.HiddenSize);
            }
        }

        if (config.LayerInputSize > 0)
        {
            long width = (long)config.LayerInputSize * config.LayerCount;
            yield return Tensor(names.LayerInputTable + ".weight", config.LayerInputVocabSize, width);
            yield return Tensor(names.LayerInputProjection + ".weight", width, config.HiddenSize);
            yield return Tensor(names.LayerInputProjectionNorm + ".weight", config.LayerInputSize);
        }
    }

    /// <summary>Tensors that run after the last layer.</summary>
    public static IEnumerable<ExpectedTensor> AfterLayers(ModelConfig config)
    {
        TensorNames names = config.Architecture.Names;
        ExpectedTensor Tensor(string name, params long[] shape) => new(name, [.. shape], TensorRole.AfterLayers, null);

        if (config.Architecture.HasFinalNorm)
        {
            foreach (string part in Parts(config.Architecture.Norm))
            {
                yield return Tensor(names.FinalNorm + part, config.HiddenSize);
            }
        }

        if (config.EmbeddingWidth != config.HiddenSize)
        {
            yield return Tensor(names.HeadProjection + ".weight", config.EmbeddingWidth, config.HiddenSize);
        }

        if (!config.TiedEmbeddings)
        {
            yield return Tensor(names.Head + ".weight", config.VocabSize, config.EmbeddingWidth);
        }

        if (config.HeadBias)
        {
            yield return Tensor(names.Head + ".bias", config.VocabSize);
        }
    }

    /// <summary>Tensors of one layer, those of attention first. A half that the layer has not needs none.</summary>
    /// <param name="config">The settled config.</param>
    /// <param name="layer">Index of the layer.</param>
    public static IEnumerable<ExpectedTensor> InLayer(ModelConfig config, int layer) => new LayerTensors(config, layer).All();

    /// <summary>The endings of a norm's tensors.</summary>
    internal static IEnumerable<string> Parts(NormSpec norm)
    {
        if (norm.HasWeight)
        {
            yield return ".weight";
        }

        if (norm.HasBias)
        {
            yield return ".bias";
        }
    }
}
