using System.Collections.Immutable;
using LayerTool.Architectures;
using LayerTool.Faults;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>
/// What all slots of one forward pass share: positions, masks, RoPE tables, each made once. Positions count real tokens, so a
/// row gives the same alone, padded left and padded right.
/// </summary>
internal sealed class ForwardPass : IDisposable
{
    private readonly Dictionary<(RopeConfig Rope, bool All), (Tensor Cos, Tensor Sin)> _rope = [];
    private readonly Dictionary<QueryScaling, Tensor> _queryScaling = [];
    private readonly KeyMasks _masks;
    private readonly Dictionary<(AlibiKind Kind, int Heads, double Scale), Tensor> _alibi = [];
    private readonly List<Tensor> _given = []; // all that GivenKv ever held, and what came from another device
    private readonly Tensor _allPositions; // [B or 1, past + T]
    private readonly Tensor _positions; // [B or 1, T], a view
    private readonly long _length; // largest position + 1
    private readonly ScalarType _dtype;
    private readonly Device _device;
    private readonly int _past;
    private readonly int _count;
    private readonly TokenLayout? _layout;
    private readonly ForwardPass _first; // this one, or on another device the one that it stands beside
    private readonly Dictionary<Device, ForwardPass> _others = new(ReferenceEqualityComparer.Instance);
    private Tensor? _layerInputs;
    private ImmutableDictionary<bool, (Tensor Key, Tensor Value)> _givenKv = ImmutableDictionary<bool, (Tensor Key, Tensor Value)>.Empty;

    /// <param name="mask">[B, past + T] with 1 for real tokens, or null where all are.</param>
    /// <param name="count">T.</param>
    /// <param name="cache">The cache that the pass continues, or null.</param>
    /// <param name="dtype">The compute type.</param>
    /// <param name="device">Where tensors are made.</param>
    /// <param name="layout">Where the new tokens stand, instead of one behind the other; the caller's.</param>
    public ForwardPass(Tensor? mask, int count, KvCache? cache, ScalarType dtype, Device device, TokenLayout? layout = null)
    {
        _first = this;
        _layout = layout;
        Seen = mask;
        Cache = cache;
        _past = cache?.Length ?? 0;
        _count = count;
        _dtype = dtype;
        _device = device;
        if (mask is null)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor inLine = arange(_past + (layout is null ? count : 0), dtype: ScalarType.Int64, device: device).reshape(1, -1);
            _allPositions = (layout is null ? inLine : cat([inLine.expand(layout.Positions.size(0), _past), layout.Positions], 1)).DetachFromDisposeScope();
            _length = layout?.Length ?? _past + count;
        }
        else
        {
            using DisposeScope scope = NewDisposeScope();
            _allPositions = (mask.to(ScalarType.Int64).cumsum(-1) - 1).clamp_min(0).DetachFromDisposeScope();
            _length = _allPositions.max().item<long>() + 1;
        }

        _positions = _allPositions.narrow(1, _past, count).DetachFromDisposeScope();
        _masks = new KeyMasks(mask, layout, _allPositions, _past, count);
    }

    private ForwardPass(ForwardPass first, Device device)
    {
        _first = first;
        _layout = first._layout is { } layout ? new TokenLayout(Own(layout.Positions), Own(layout.Seen), layout.Length) : null;
        Seen = first.Seen is { } seen ? Own(seen) : null;
        Cache = first.Cache;
        SpellsOutScores = first.SpellsOutScores;
        _past = first._past;
        _count = first._count;
        _dtype = first._dtype;
        _device = device;
        _length = first._length;
        _allPositions = first._allPositions.to(device, copy: true).DetachFromDisposeScope();
        _positions = _allPositions.narrow(1, _past, _count).DetachFromDisposeScope();
        _masks = new KeyMasks(Seen, _layout, _allPositions, _past, _count);

        Tensor Own(Tensor tensor)
        {
            Tensor own = tensor.to(device, copy: true).DetachFromDisposeScope();
            _given.Add(own);
            return own;
        }
    }

    /// <summary>Where its tables are made.</summary>
    public Device Device => _device;

    /// <summary>The same pass for slots on another device of the model: with tables of its own there, made from the same positions.</summary>
    public ForwardPass On(Device device)
    {
        if (ReferenceEquals(device, _first._device))
        {
            return _first;
        }

        if (!_first._others.TryGetValue(device, out ForwardPass? other))
        {
            other = new ForwardPass(_first, device);
            _first._others.Add(device, other);
        }

        return other;
    }

    /// <summary>The cache that the pass continues, or null.</summary>
    public KvCache? Cache { get; }

    /// <summary>[B, past + T], or null where all tokens are real.</summary>
    public Tensor? Seen { get; }

    /// <summary>Whether scores are computed step by step in the compute type, rather than by libtorch's own attention.</summary>
    public bool SpellsOutScores { get; init; }

    /// <summary>Positions of the new tokens, [B or 1, T], borrowed.</summary>
    public Tensor Positions => _positions;

    /// <summary>Largest position + 1.</summary>
    public long Length => _length;

    /// <summary>Inputs of all layers beside the stream, [B, T, layers, width], or null where the model has none. Owned.</summary>
    public Tensor? LayerInputs
    {
        get
        {
            if (_layerInputs is null && _first._layerInputs is { } inputs)
            {
                _layerInputs = inputs.to(_device, copy: true).DetachFromDisposeScope();
            }

            return _layerInputs;
        }
    }

    /// <summary>What layers have given so far, for those that slide and those that do not; set back where plans part.</summary>
    public ImmutableDictionary<bool, (Tensor Key, Tensor Value)> GivenKv
    {
        get => _first._givenKv;
        set => _first._givenKv = value;
    }

    /// <summary>Begins with an embedding: what its layers read beside the stream.</summary>
    public void Begin(Tensor? layerInputs)
    {
        foreach (ForwardPass pass in _others.Values.Prepend(this))
        {
            pass._layerInputs?.Dispose();
            pass._layerInputs = null;
        }

        _layerInputs = layerInputs?.DetachFromDisposeScope();
    }

    /// <summary>RoPE tables of a kind, [B or 1, 1, T, r] each; with <paramref name="all"/> [B or 1, 1, past + T, r].</summary>
    public (Tensor Cos, Tensor Sin) Rope(RopeConfig rope, bool all = false)
    {
        if (!_rope.TryGetValue((rope, all), out (Tensor Cos, Tensor Sin) tables))
        {
            tables = RotaryEmbedding.Tables(rope, all ? _allPositions : _positions, _length, _dtype);
            _rope.Add((rope, all), (tables.Cos.DetachFromDisposeScope(), tables.Sin.DetachFromDisposeScope()));
        }

        return tables;
    }

    /// <summary>Factor on each query by its position, [B or 1, 1, T, 1].</summary>
    public Tensor QueryFactors(QueryScaling scaling)
    {
        if (!_queryScaling.TryGetValue(scaling, out Tensor? factors))
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor steps = ((_positions + scaling.Offset) / (double)scaling.Span).floor().to(ScalarType.Float32);
            factors = (1 + ((float)scaling.Beta * (1 + steps).log())).unsqueeze(1).unsqueeze(-1).to(_dtype).DetachFromDisposeScope();
            _queryScaling.Add(scaling, factors);
        }

        return factors;
    }

    /// <summary>
    /// Which keys each query sees: [B or 1, 1, T, past + T], or null where plain causal attention says it
    /// (<see cref="IsPlainCausal"/>) or every key is seen.
    /// </summary>
    /// <param name="reach">How far back the layer sees.</param>
    public Tensor? KeyMask(KeyReach reach)
    {
        if (IsPlainCausal(reach) || (Seen is null && _layout is null && _count == 1 && !reach.EndsWithin(_past + 1)))
        {
            return null;
        }

        return _masks.Of(reach);
    }

    /// <summary>As <see cref="KeyMask"/>, with plain causal attention written out too; null where every key is seen.</summary>
    public Tensor? SpelledMask(KeyReach reach) => IsPlainCausal(reach) ? _masks.Of(KeyReach.All) : KeyMask(reach);

    /// <summary>ALiBi's bias of each key, −∞ for those not seen: [B or 1, heads, T, past + T].</summary>
    /// <param name="kind">How slopes are laid over the heads.</param>
    /// <param name="heads">Number of query heads.</param>
    /// <param name="scale">Factor on the scores.</param>
    public Tensor AlibiMask(AlibiKind kind, int heads, double scale)
    {
        if (!_alibi.TryGetValue((kind, heads, scale), out Tensor? mask))
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor bias = Alibi.Bias(kind, heads, scale, _allPositions).to(_dtype); // [B or 1, heads, 1, S]
            mask = where(_masks.Of(KeyReach.All), bias, full([1], double.NegativeInfinity, dtype: _dtype, device: _device)).DetachFromDisposeScope();
            _alibi.Add((kind, heads, scale), mask);
        }

        return mask;
    }

    /// <summary>Leaves a layer's keys and values for later layers of its kind: copies are not made.</summary>
    public void GiveKv(LayerConfig layer, Tensor key, Tensor value)
    {
        Tensor[] given = [key.alias().DetachFromDisposeScope(), value.alias().DetachFromDisposeScope()];
        _given.AddRange(given);
        GivenKv = GivenKv.SetItem(layer.SlidingWindow is not null, (given[0], given[1]));
    }

    /// <summary>Keys and values of the layer of the kind that was played last among those that give them; borrowed.</summary>
    /// <exception cref="LayerToolException">None was played in front of this slot.</exception>
    public (Tensor Key, Tensor Value) SharedKv(LayerConfig layer, int slot) => GivenKv.TryGetValue(layer.SlidingWindow is not null, out (Tensor Key, Tensor Value) given)
        ? (given.Key.to(_device), given.Value.to(_device))
        : throw new LayerToolException(
            $"slot {slot} plays a layer that reads the keys and values of an earlier layer, and no layer that gives them is played in front of it",
            "keep the last layer of its kind that has keys and values of its own in front of it");

    /// <summary>A state [B, T, H] with zeros where there is padding.</summary>
    public Tensor WithoutPadding(Tensor state) => Seen is null ? state : state * Seen.narrow(1, _past, _count).unsqueeze(-1).to(state.dtype);

    /// <summary>Whether the pass begins at position 0, has more than one token, no padding, and all of it is within reach.</summary>
    public bool IsPlainCausal(KeyReach reach) => Seen is null && _layout is null && _past == 0 && _count > 1 && !reach.EndsWithin(_count);

    /// <inheritdoc />
    public void Dispose()
    {
        _positions.Dispose();
        _allPositions.Dispose();
        _layerInputs?.Dispose();
        _masks.Dispose();
        foreach (ForwardPass other in _others.Values)
        {
            other.Dispose();
        }

        IEnumerable<Tensor> tables = _rope.Values.SelectMany(pair => (Tensor[])[pair.Cos, pair.Sin]);
        foreach (Tensor tensor in tables.Concat(_given).Concat(_queryScaling.Values).Concat(_alibi.Values))
        {
            tensor.Dispose();
        }
    }
}
