using LayerTool.Adapters;
using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>
/// One source of a plan, ready to run: its config, its weights, and the halves of its layers that have been asked for. A plan
/// that plays a layer five times borrows it five times.
/// </summary>
internal sealed class SourceModel : IDisposable
{
    private readonly Dictionary<(int Layer, double Gain, AdapterWeights? Adapter), MixerHalf> _mixers = [];
    private readonly Dictionary<(int Layer, double Gain, AdapterWeights? Adapter), MlpHalf> _mlps = [];
    private readonly Dictionary<(int Layer, AdapterWeights? Adapter), LayerFrame> _frames = [];
    private readonly Dictionary<string, ExpectedTensor> _outside;
    private readonly bool _offload;

    /// <param name="checkpoint">The source.</param>
    /// <param name="main">The main source, for another one: what is saved has one config and one type, the main source's.</param>
    /// <param name="devices">Where weights go.</param>
    /// <param name="dtype">The compute type.</param>
    /// <param name="trainable">Whether weights collect gradients.</param>
    /// <param name="offload">Whether tables are read by row, so that they are never loaded whole.</param>
    public SourceModel(Checkpoint checkpoint, Checkpoint? main, LayerDevices devices, ScalarType dtype, bool trainable, bool offload)
    {
        _offload = offload;
        Checkpoint = checkpoint;
        Config = ConfigOf(checkpoint, main);
        Weights = new WeightStore(checkpoint, main, devices, dtype, trainable);
        _outside = ExpectedTensors.BeforeLayers(Config).Concat(ExpectedTensors.AfterLayers(Config)).ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    public Checkpoint Checkpoint { get; }

    public ModelConfig Config { get; }

    public WeightStore Weights { get; }

    /// <summary>A tensor outside the layers, or null where the config demands none of that name.</summary>
    public Tensor? FindOutside(string name)
    {
        ExpectedTensor? expected = _outside.GetValueOrDefault(name);
        return expected is null ? null : Weights.Get(expected);
    }

    /// <summary>Rows of a table outside the layers: indices [B, T] → [B, T, width].</summary>
    public Tensor Rows(string module, Tensor indices)
    {
        using DisposeScope scope = NewDisposeScope();
        string name = module + ".weight";
        Tensor flat = indices.flatten();
        Tensor rows = _offload ? Weights.Rows(_outside[name], flat) : Outside(name).index_select(0, flat);
        return rows.view(indices.size(0), indices.size(1), -1).MoveToOuterDisposeScope();
    }

    /// <summary>A tensor outside the layers that the config demands.</summary>
    public Tensor Outside(string name) => FindOutside(name) ?? throw new InvalidOperationException($"There is no tensor `{name}`.");

    /// <summary>A norm outside the layers.</summary>
    public Norm NormOutside(string module, NormSpec spec) => new(spec, FindOutside(module + ".weight"), FindOutside(module + ".bias"), Config.NormEpsilon);

    /// <summary>Name of the embedding table.</summary>
    public string EmbeddingName => Config.Architecture.Names.Embedding + ".weight";

    /// <summary>Embedding table [V, E].</summary>
    public Tensor Embedding => Outside(EmbeddingName);

    /// <summary>Whether a tensor is one that <see cref="Rows"/> reads.</summary>
    public bool IsTable(string name)
    {
        TensorNames names = Config.Architecture.Names;
        return name == EmbeddingName || name == names.PositionTable + ".weight" || name == names.LayerInputTable + ".weight";
    }

    /// <summary>Head [V, E]: the file's own where it has one (as transformers 5 reads it), else the embedding where tied.</summary>
    public Tensor Head
    {
        get
        {
            string head = Config.Architecture.Names.Head + ".weight";
            return Config.TiedEmbeddings && !Weights.Has(head) ? Embedding : Weights.Get(head, Config.VocabSize, Config.EmbeddingWidth);
        }
    }

    public MixerHalf Mixer(int layer, double gain, AdapterWeights? adapter) =>
        Kept(_mixers, (layer, gain, adapter), () => MixerHalf.Load(Weights, Config, layer, gain, adapter));

    public MlpHalf Mlp(int layer, double gain, AdapterWeights? adapter) =>
        Kept(_mlps, (layer, gain, adapter), () => MlpHalf.Load(Weights, Config, layer, gain, adapter));

    public LayerFrame Frame(int layer, AdapterWeights? adapter) => Kept(_frames, (layer, adapter), () => LayerFrame.Load(Weights, Config, layer, adapter));

    /// <summary>Forgets multiplied halves of gains that are not among these; whole ones stay.</summary>
    public void KeepGains(IReadOnlySet<double> gains)
    {
        foreach ((int Layer, double Gain, AdapterWeights? Adapter) key in _mixers.Keys.Concat(_mlps.Keys).Where(key => key.Gain != 1 && !gains.Contains(key.Gain)).ToArray())
        {
            _mixers.Remove(key);
            _mlps.Remove(key);
        }

        Weights.KeepScaled(gains);
    }

    /// <summary>Forgets every half and frees every weight.</summary>
    public void Release()
    {
        _mixers.Clear();
        _mlps.Clear();
        _frames.Clear();
        Weights.Release();
    }

    public void Dispose() => Weights.Dispose();

    private static T Kept<TKey, T>(Dictionary<TKey, T> kept, TKey key, Func<T> load)
        where TKey : notnull
    {
        if (!kept.TryGetValue(key, out T? value))
        {
            value = load();
            kept.Add(key, value);
        }

        return value;
    }

    /// <summary>The config that a source's layers run with.</summary>
    /// <param name="checkpoint">The source.</param>
    /// <param name="main">The main source, for another one.</param>
    public static ModelConfig ConfigOf(Checkpoint checkpoint, Checkpoint? main) => main is null ? checkpoint.Config : Under(main.Config, checkpoint.Config);

    /// <summary>
    /// The config that a source's layers run with once they are in the main checkpoint: positions, norms, activation, heads and all
    /// factors are the main source's; a layer keeps its own kind and widths, and a source its own vocabulary.
    /// </summary>
    private static ModelConfig Under(ModelConfig main, ModelConfig own) => main with
    {
        Architecture = own.Architecture,
        HiddenSize = own.HiddenSize,
        VocabSize = own.VocabSize,
        EmbeddingSize = own.EmbeddingSize,
        TiedEmbeddings = own.TiedEmbeddings,
        HeadBias = own.HeadBias,
        QkvBias = own.QkvBias,
        AttentionOutputBias = own.AttentionOutputBias,
        MlpBias = own.MlpBias,
        ContextLength = own.ContextLength,
        Layers = [.. own.Layers.Select(layer => layer.CutAs(own.HeadDim, main.HeadDim))],
    };
}
