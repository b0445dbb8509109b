using LayerTool.Architectures;
using LayerTool.Tensors;
using static TorchSharp.torch;

namespace LayerTool.Adapters;

/// <summary>
/// An adapter of one checkpoint, its tensors loaded: low-rank updates of projections, and tensors that take the place of the
/// checkpoint's own. It owns all of them.
/// </summary>
public sealed class AdapterWeights : IDisposable
{
    private readonly Dictionary<string, LowRankUpdate> _updates;
    private readonly Dictionary<string, Tensor> _tensors;
    private readonly Dictionary<string, Tensor> _factors = new(StringComparer.Ordinal); // of updates with a magnitude
    private readonly Dictionary<(string Name, double Gain), Tensor> _scaled = [];

    /// <summary>Takes tensors over; they are detached from their dispose scope.</summary>
    /// <param name="updates">Updates by the module's name in the checkpoint, such as <c>model.layers.3.self_attn.q_proj</c>.</param>
    /// <param name="tensors">Whole tensors by their name in the checkpoint, of the compute type; null for none.</param>
    public AdapterWeights(IReadOnlyDictionary<string, LowRankUpdate> updates, IReadOnlyDictionary<string, Tensor>? tensors = null)
    {
        _updates = new(updates, StringComparer.Ordinal);
        _tensors = new(tensors ?? new Dictionary<string, Tensor>(), StringComparer.Ordinal);
        foreach (Tensor tensor in Owned())
        {
            tensor.DetachFromDisposeScope();
        }
    }

    /// <summary>Updates by the module's name in the checkpoint; they belong to the adapter.</summary>
    public IReadOnlyDictionary<string, LowRankUpdate> Updates => _updates;

    /// <summary>Tensors that take the place of the checkpoint's own, by name; they belong to the adapter.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors => _tensors;

    /// <summary>The update of a projection, or null where it has none.</summary>
    /// <param name="module">The module's name in the checkpoint.</param>
    /// <param name="weight">Gives the projection's own weight, without a gain: [out, in], or [in, out]. Borrowed.</param>
    /// <param name="isTransposed">Whether the weight is [in, out].</param>
    /// <param name="gain">Factor on the projection's output.</param>
    internal BoundUpdate? Bind(string module, Func<Tensor> weight, bool isTransposed, double gain = 1)
    {
        if (!_updates.TryGetValue(module, out LowRankUpdate? update))
        {
            return null;
        }

        Func<Tensor>? factor = update switch
        {
            { Magnitude: null } => null,
            { IsTrained: true } => () => update.Factor(weight(), isTransposed), // another one after each step
            _ => () => Factor(module, update, weight, isTransposed),
        };
        return new BoundUpdate(update, gain, factor);
    }

    /// <summary>A tensor that takes the place of the checkpoint's own, multiplied; borrowed. Null where the adapter has none.</summary>
    internal Tensor? FindTensor(string name, double gain = 1, GainPlace place = GainPlace.None)
    {
        if (!_tensors.TryGetValue(name, out Tensor? tensor) || gain == 1)
        {
            return tensor;
        }

        if (!_scaled.TryGetValue((name, gain), out Tensor? scaled))
        {
            scaled = Gains.Apply(tensor, gain, place).to(tensor.dtype).DetachFromDisposeScope();
            _scaled.Add((name, gain), scaled);
        }

        return scaled;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (Tensor tensor in Owned())
        {
            tensor.Dispose();
        }

        _updates.Clear();
        _tensors.Clear();
        _factors.Clear();
        _scaled.Clear();
    }

    private Tensor Factor(string module, LowRankUpdate update, Func<Tensor> weight, bool isTransposed)
    {
        if (!_factors.TryGetValue(module, out Tensor? factor))
        {
            factor = update.Factor(weight(), isTransposed).DetachFromDisposeScope();
            _factors.Add(module, factor);
        }

        return factor;
    }

    private IEnumerable<Tensor> Owned() => _updates.Values
        .SelectMany(update => (Tensor?[])[update.A, update.B, update.Magnitude])
        .Concat(_tensors.Values)
        .Concat(_factors.Values)
        .Concat(_scaled.Values)
        .OfType<Tensor>();
}
