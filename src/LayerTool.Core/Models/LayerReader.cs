using LayerTool.Adapters;
using LayerTool.Architectures;
using LayerTool.Tensors;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>
/// Takes the tensors of one layer from the weight store, by the list of what the config demands: that list alone says which there
/// are, of which shape, and which of them a gain changes.
/// </summary>
internal sealed class LayerReader
{
    private readonly WeightStore _store;
    private readonly ModelConfig _config;
    private readonly int _layer;
    private readonly double _gain;
    private readonly AdapterWeights? _adapter;
    private readonly Dictionary<string, ExpectedTensor> _expected;

    /// <param name="store">Weights of the source.</param>
    /// <param name="config">Config of the source.</param>
    /// <param name="layer">Index of the layer.</param>
    /// <param name="role">The half that is read, and with it what belongs to the layer as a whole.</param>
    /// <param name="gain">Factor on what the half adds to the stream.</param>
    /// <param name="adapter">What the slot's adapter changes; null for none.</param>
    public LayerReader(WeightStore store, ModelConfig config, int layer, TensorRole role, double gain = 1, AdapterWeights? adapter = null)
    {
        _store = store;
        _config = config;
        _layer = layer;
        _gain = gain;
        _adapter = adapter;
        _expected = ExpectedTensors.InLayer(config, layer)
            .Where(tensor => tensor.Role == role || tensor.Role == TensorRole.Layer)
            .ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    /// <summary>A tensor, or null where the config demands none of that name.</summary>
    /// <param name="name">Name in the layer, whole.</param>
    public Tensor? Find(string name)
    {
        if (!_expected.TryGetValue(_config.Architecture.Names.InLayer(_layer, name), out ExpectedTensor? tensor))
        {
            return null;
        }

        if (_adapter?.FindTensor(tensor, _store, _config.Architecture.TransposedWeights, gain: GainOf(tensor)) is Tensor changed)
        {
            return changed;
        }

        return GainOf(tensor) == 1
            ? _store.Get(tensor)
            : _store.GetScaled(tensor, _gain);
    }

    /// <summary>A tensor that the config demands.</summary>
    public Tensor Get(string name) => Find(name) ?? throw new InvalidOperationException($"Layer {_layer} has no tensor `{name}`.");

    /// <summary>A projection, or null where there is none.</summary>
    public Projection? FindProjection(string module) => Find(module + ".weight") is Tensor weight
        ? new Projection(weight, Find(module + ".bias"), _config.Architecture.TransposedWeights, Update(module))
        : null;

    /// <summary>A projection that the config demands.</summary>
    public Projection Projection(string module) => FindProjection(module) ?? throw new InvalidOperationException($"Layer {_layer} has no projection `{module}`.");

    private BoundUpdate? Update(string module)
    {
        if (_adapter is null)
        {
            return null;
        }

        string name = _config.Architecture.Names.InLayer(_layer, module);
        ExpectedTensor weight = _expected[name + ".weight"];
        return _adapter.Bind(name, () => _store.Get(weight), _config.Architecture.TransposedWeights, GainOf(weight));
    }

    private double GainOf(ExpectedTensor tensor) => tensor.Gain == GainPlace.None ? 1 : _gain;

    /// <summary>A norm of the config's epsilon.</summary>
    public Norm Norm(string module, NormSpec spec, double? epsilon = null) =>
        new(spec, Find(module + ".weight"), Find(module + ".bias"), epsilon ?? _config.NormEpsilon);
}
