using LayerTool.Architectures;
using LayerTool.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Adapters;

/// <summary>
/// An adapter of one checkpoint, its tensors loaded: low-rank updates of projections, and tensors that take the place of the
/// checkpoint's own. It owns all of them.
/// </summary>
public sealed class AdapterWeights : IDisposable
{
    private const string Weight = ".weight";

    private readonly Dictionary<string, LowRankUpdate> _updates;
    private readonly Dictionary<string, Tensor> _tensors;
    private readonly Dictionary<string, Tensor> _factors = new(StringComparer.Ordinal); // of updates with a magnitude
    private readonly Dictionary<(string Name, double Gain), Tensor> _derived = []; // merged or multiplied

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

    /// <summary>How updates run.</summary>
    public AdapterMode Mode { get; init; }

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
        if (Mode != AdapterMode.Applied || !_updates.TryGetValue(module, out LowRankUpdate? update))
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

    /// <summary>A tensor that is not the checkpoint's own; borrowed. Null where the adapter leaves it as it is.</summary>
    /// <param name="tensor">The tensor, as the config demands it.</param>
    /// <param name="store">Weights of the checkpoint, for a merge.</param>
    /// <param name="isTransposed">Whether a matrix is [in, out].</param>
    /// <param name="storedAs">Its name in the file, where it is stored as another; null for its own.</param>
    /// <param name="gain">Factor on it.</param>
    internal Tensor? FindTensor(ExpectedTensor tensor, WeightStore store, bool isTransposed, string? storedAs = null, double gain = 1)
    {
        Tensor? whole = _tensors.GetValueOrDefault(tensor.Name);
        LowRankUpdate? update = Mode != AdapterMode.Applied && tensor.Name.EndsWith(Weight, StringComparison.Ordinal) ? _updates.GetValueOrDefault(tensor.Name[..^Weight.Length]) : null;
        if (update is null && (whole is null || (gain == 1 && Mode != AdapterMode.MergedAsSaved)))
        {
            return whole;
        }

        if (!_derived.TryGetValue((tensor.Name, gain), out Tensor? derived))
        {
            Tensor Change(Tensor own)
            {
                Tensor merged = update?.Merge(whole ?? own, isTransposed) ?? (whole ?? own).alias();
                return gain == 1 ? merged : Gains.Apply(merged, gain, tensor.Gain);
            }

            using DisposeScope scope = NewDisposeScope();
            derived = whole is null || Mode == AdapterMode.MergedAsSaved
                ? store.Derive(tensor with { Name = storedAs ?? tensor.Name }, Change, isRounded: Mode == AdapterMode.MergedAsSaved)
                : Change(whole).to(whole.dtype).DetachFromDisposeScope();
            _derived.Add((tensor.Name, gain), derived);
        }

        return derived;
    }

    /// <summary>Frees what was made of the checkpoint's weights; borrowers must be gone. What is asked for again is made again.</summary>
    internal void Release()
    {
        foreach (Tensor tensor in _derived.Values)
        {
            tensor.Dispose();
        }

        _derived.Clear();
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
        _derived.Clear();
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
        .Concat(_derived.Values)
        .OfType<Tensor>();
}
