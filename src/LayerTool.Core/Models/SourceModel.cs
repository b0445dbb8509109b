using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Tensors;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>
/// One source of a plan, ready to run: its config, its weights, and the halves of its layers that have been asked for. A plan
/// that plays a layer five times borrows it five times.
/// </summary>
internal sealed class SourceModel : IDisposable
{
    private readonly Dictionary<(int Layer, double Gain), AttentionWeights> _attention = [];
    private readonly Dictionary<(int Layer, double Gain), MlpWeights> _mlp = [];

    /// <param name="checkpoint">The source.</param>
    /// <param name="main">The main source, for another one: what is saved has one config and one type, the main source's.</param>
    /// <param name="device">Where weights go.</param>
    /// <param name="dtype">The compute type.</param>
    /// <param name="trainable">Whether weights collect gradients.</param>
    public SourceModel(Checkpoint checkpoint, Checkpoint? main, Device device, ScalarType dtype, bool trainable)
    {
        Checkpoint = checkpoint;
        Config = main is null ? checkpoint.Config : Under(main.Config, checkpoint.Config);
        Weights = new WeightStore(checkpoint, main, device, dtype, trainable);
    }

    public Checkpoint Checkpoint { get; }

    public ModelConfig Config { get; }

    public WeightStore Weights { get; }

    private TensorNames Names => Config.Architecture.Names;

    /// <summary>Embedding table [V, H].</summary>
    public Tensor Embedding => Weights.Get(Names.Embedding + ".weight", Config.VocabSize, Config.HiddenSize);

    /// <summary>Weight of the final norm [H].</summary>
    public Tensor FinalNorm => Weights.Get(Names.FinalNorm + ".weight", Config.HiddenSize);

    /// <summary>Head [V, H]: the file's own where it has one (as transformers 5 reads it), else the embedding where tied.</summary>
    public Tensor Head
    {
        get
        {
            string head = Names.Head + ".weight";
            return Config.TiedEmbeddings && !Weights.Has(head) ? Embedding : Weights.Get(head, Config.VocabSize, Config.HiddenSize);
        }
    }

    public AttentionWeights Attention(int layer, double gain)
    {
        if (!_attention.TryGetValue((layer, gain), out AttentionWeights? weights))
        {
            weights = AttentionWeights.Load(Weights, Config, layer, gain);
            _attention.Add((layer, gain), weights);
        }

        return weights;
    }

    public MlpWeights Mlp(int layer, double gain)
    {
        if (!_mlp.TryGetValue((layer, gain), out MlpWeights? weights))
        {
            weights = MlpWeights.Load(Weights, Config, layer, gain);
            _mlp.Add((layer, gain), weights);
        }

        return weights;
    }

    /// <summary>Forgets multiplied halves of gains that are not among these; whole ones stay.</summary>
    public void KeepGains(IReadOnlySet<double> gains)
    {
        foreach ((int Layer, double Gain) key in _attention.Keys.Concat(_mlp.Keys).Where(key => key.Gain != 1 && !gains.Contains(key.Gain)).ToArray())
        {
            _attention.Remove(key);
            _mlp.Remove(key);
        }

        Weights.KeepScaled(gains);
    }

    public void Dispose() => Weights.Dispose();

    /// <summary>
    /// The config that a source's layers run with once they are in the main checkpoint: positions, norms, activation and heads are
    /// the main source's; a layer keeps its own window and widths.
    /// </summary>
    private static ModelConfig Under(ModelConfig main, ModelConfig own) => own with
    {
        Rope = main.Rope,
        RmsNormEpsilon = main.RmsNormEpsilon,
        Activation = main.Activation,
        AttentionHeads = main.AttentionHeads,
        HeadDim = main.HeadDim,
        Layers = [.. own.Layers.Select(layer => layer with { KvHeads = layer.KvHeads * own.HeadDim / main.HeadDim })],
    };
}
