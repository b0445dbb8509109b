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
    private readonly HashSet<AdapterWeights> _adapters = []; // that hold tensors made of this source's
    private readonly bool _offload;

    /// <param name="checkpoint">The source.</param>
    /// <param name="main">The main source, for another one: what is saved has one config and one type, the main source's.</param>
    /// <param name="devices">Where weights go.</param>
    /// <param name="dtype">The compute type.</param>
    /// <param name="trainable">Whether weights collect gradients.</param>
    /// <param name="offload">Whether tables are read by row, so that they are never loaded whole.</param>
    /// <param name="mix">What the weights of layers are mixed with; null for nothing.</param>
    public SourceModel(Checkpoint checkpoint, Checkpoint? main, LayerDevices devices, ScalarType dtype, bool trainable, bool offload, WeightMix? mix = null)
    {
        _offload = offload;
        Checkpoint = checkpoint;
        Config = ConfigOf(checkpoint, main);
        Weights = new WeightStore(checkpoint, main, devices, dtype, trainable, mix);
        _outside = ExpectedTensors.BeforeLayers(Config).Concat(ExpectedTensors.AfterLayers(Config)).ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    public Checkpoint Checkpoint { get; }

    public ModelConfig Config { get; }

    public WeightStore Weights { get; }

    /// <summary>A tensor outside the layers, or null where the config demands none of that name.</summary>
    /// <param name="name">Its full name.</param>
    /// <param name="adapter">What an adapter changes; null for none.</param>
    public Tensor? FindOutside(string name, AdapterWeights? adapter = null)
    {
        ExpectedTensor? expected = _outside.GetValueOrDefault(name);
        return expected is null ? null : Changed(expected, adapter) ?? Weights.Get(expected);
    }

    /// <summary>Rows of a table outside the layers: indices [B, T] → [B, T, width].</summary>
    public Tensor Rows(string module, Tensor indices, AdapterWeights? adapter = null)
    {
        using DisposeScope scope = NewDisposeScope();
        ExpectedTensor table = _outside[module + ".weight"];
        Tensor flat = indices.flatten();
        Tensor rows = Changed(table, adapter)?.index_select(0, flat) ?? (_offload ? Weights.Rows(table, flat) : Weights.Get(table).index_select(0, flat));
        if (adapter?.Bind(module, () => Outside(table.Name, adapter), isTransposed: true) is BoundUpdate update)
        {
            rows = update.AddToRows(rows, flat);
        }

        return rows.view(indices.size(0), indices.size(1), -1).MoveToOuterDisposeScope();
    }

    /// <summary>A tensor outside the layers that the config demands.</summary>
    public Tensor Outside(string name, AdapterWeights? adapter = null) => FindOutside(name, adapter) ?? throw new InvalidOperationException($"There is no tensor `{name}`.");

    /// <summary>A norm outside the layers.</summary>
    public Norm NormOutside(string module, NormSpec spec, AdapterWeights? adapter = null) =>
        new(spec, FindOutside(module + ".weight", adapter), FindOutside(module + ".bias", adapter), Config.NormEpsilon);

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
    /// <param name="adapter">What an adapter changes; null for none.</param>
    public Tensor Head(AdapterWeights? adapter)
    {
        string head = Config.Architecture.Names.Head + ".weight";
        ExpectedTensor own = new(head, [Config.VocabSize, Config.EmbeddingWidth], TensorRole.AfterLayers, null);
        ExpectedTensor stored = Config.TiedEmbeddings && !Weights.Has(head) ? own with { Name = EmbeddingName } : own;
        return adapter?.FindTensor(own, Weights, isTransposed: false, stored.Name) ?? Weights.Get(stored);
    }

    public MixerHalf Mixer(int layer, double gain, AdapterWeights? adapter) =>
        Kept(_mixers, (layer, gain, adapter), () => MixerHalf.Load(Weights, Config, layer, gain, adapter));

    public MlpHalf Mlp(int layer, double gain, AdapterWeights? adapter) =>
        Kept(_mlps, (layer, gain, adapter), () => MlpHalf.Load(Weights, Config, layer, gain, adapter));

    public LayerFrame Frame(int layer, AdapterWeights? adapter)
    {
        if (adapter is not null)
        {
            _adapters.Add(adapter);
        }

        return Kept(_frames, (layer, adapter), () => LayerFrame.Load(Weights, Config, layer, adapter));
    }

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
        foreach (AdapterWeights adapter in _adapters)
        {
            adapter.Release();
        }

        _mixers.Clear();
        _mlps.Clear();
        _frames.Clear();
        Weights.Release();
    }

    public void Dispose() => Weights.Dispose();

    private Tensor? Changed(ExpectedTensor tensor, AdapterWeights? adapter)
    {
        if (adapter is not null)
        {
            _adapters.Add(adapter);
        }

        return adapter?.FindTensor(tensor, Weights, isTransposed: tensor.Name == EmbeddingName);
    }

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
