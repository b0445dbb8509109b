using LayerTool.Architectures;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>
/// What all slots of one forward pass share: positions, masks, RoPE tables, each made once. Positions count real tokens, so a
/// row gives the same alone, padded left and padded right.
/// </summary>
internal sealed class ForwardPass : IDisposable
{
    private readonly Dictionary<(RopeConfig Rope, int HeadDim, bool All), (Tensor Cos, Tensor Sin)> _rope = [];
    private readonly Dictionary<RopeConfig, Tensor> _queryScaling = [];
    private readonly Dictionary<int, Tensor> _masks = [];
    private readonly Tensor _allPositions; // [B or 1, past + T]
    private readonly Tensor _positions; // [B or 1, T], a view
    private readonly long _length; // largest position + 1
    private readonly ScalarType _dtype;
    private readonly Device _device;
    private readonly int _past;
    private readonly int _count;
    private readonly TokenLayout? _layout;

    /// <param name="mask">[B, past + T] with 1 for real tokens, or null where all are.</param>
    /// <param name="count">T.</param>
    /// <param name="cache">The cache that the pass continues, or null.</param>
    /// <param name="dtype">The compute type.</param>
    /// <param name="device">Where tensors are made.</param>
    /// <param name="layout">Where the new tokens stand, instead of one behind the other; the caller's.</param>
    public ForwardPass(Tensor? mask, int count, KvCache? cache, ScalarType dtype, Device device, TokenLayout? layout = null)
    {
        _layout = layout;
        Mask = mask;
        Cache = cache;
        _past = cache?.Length ?? 0;
        _count = count;
        _dtype = dtype;
        _device = device;
        if (mask is null)
        {
            _allPositions = arange(_past + count, dtype: ScalarType.Int64, device: device).reshape(1, -1).DetachFromDisposeScope();
            _length = layout?.Length ?? _past + count;
        }
        else
        {
            using DisposeScope scope = NewDisposeScope();
            _allPositions = (mask.to(ScalarType.Int64).cumsum(-1) - 1).clamp_min(0).DetachFromDisposeScope();
            _length = _allPositions.max().item<long>() + 1;
        }

        _positions = (layout?.Positions.alias() ?? _allPositions.narrow(1, _past, count)).DetachFromDisposeScope();
    }

    /// <summary>The cache that the pass continues, or null.</summary>
    public KvCache? Cache { get; }

    /// <summary>[B, past + T], or null where all tokens are real.</summary>
    public Tensor? Mask { get; }

    /// <summary>RoPE tables of a kind, [B or 1, 1, T, D] each; with <paramref name="all"/> [B or 1, 1, past + T, D].</summary>
    public (Tensor Cos, Tensor Sin) Rope(RopeConfig rope, int headDim, bool all = false)
    {
        if (!_rope.TryGetValue((rope, headDim, all), out (Tensor Cos, Tensor Sin) tables))
        {
            tables = RotaryEmbedding.Tables(rope, headDim, all ? _allPositions : _positions, _length, _dtype);
            _rope.Add((rope, headDim, all), (tables.Cos.DetachFromDisposeScope(), tables.Sin.DetachFromDisposeScope()));
        }

        return tables;
    }

    /// <summary>Factor on each query by its position, [B or 1, 1, T, 1], or null where the model has none.</summary>
    public Tensor? QueryScaling(RopeConfig rope)
    {
        if (rope.QueryScalingBeta == 0)
        {
            return null;
        }

        if (!_queryScaling.TryGetValue(rope, out Tensor? scaling))
        {
            scaling = RotaryEmbedding.QueryScaling(rope, _positions, _dtype).DetachFromDisposeScope();
            _queryScaling.Add(rope, scaling);
        }

        return scaling;
    }

    /// <summary>
    /// Which keys each query sees: [B or 1, 1, T, past + T], or null where plain causal attention says it
    /// (<see cref="IsPlainCausal"/>) or every key is seen.
    /// </summary>
    /// <param name="window">Number of tokens seen, the own one included; null for all.</param>
    public Tensor? KeyMask(int? window)
    {
        if (IsPlainCausal(window) || (Mask is null && _layout is null && _count == 1 && !(window < _past + 1)))
        {
            return null;
        }

        if (!_masks.TryGetValue(window ?? 0, out Tensor? seen))
        {
            seen = MakeMask(window).DetachFromDisposeScope();
            _masks.Add(window ?? 0, seen);
        }

        return seen;
    }

    /// <summary>Whether the pass begins at position 0, has more than one token, no padding, and the window reaches all.</summary>
    public bool IsPlainCausal(int? window) => Mask is null && _layout is null && _past == 0 && _count > 1 && !(window < _count);

    /// <inheritdoc />
    public void Dispose()
    {
        _positions.Dispose();
        _allPositions.Dispose();
        IEnumerable<Tensor> tables = _rope.Values.SelectMany(pair => (Tensor[])[pair.Cos, pair.Sin]);
        foreach (Tensor tensor in tables.Concat(_queryScaling.Values).Concat(_masks.Values))
        {
            tensor.Dispose();
        }
    }

    private Tensor MakeMask(int? window)
    {
        using DisposeScope scope = NewDisposeScope();
        if (_layout is not null)
        {
            return LayoutMask(_layout, window).MoveToOuterDisposeScope();
        }

        Tensor query = arange(_past, _past + _count, device: _device).unsqueeze(-1); // [T, 1]
        Tensor key = arange(0, _past + _count, device: _device); // [S]
        Tensor seen = key <= query; // [T, S]
        if (window is int width)
        {
            seen = seen.logical_and(key > query - width);
        }

        seen = seen.unsqueeze(0).unsqueeze(0);
        if (Mask is not null)
        {
            // A padded query sees itself: a row without any key would be NaN and spread from there.
            seen = seen.logical_and(Mask.to(ScalarType.Bool).unsqueeze(1).unsqueeze(1)).logical_or(key == query);
        }

        return seen.MoveToOuterDisposeScope();
    }

    // The cached tokens are the past of every row.
    private Tensor LayoutMask(TokenLayout layout, int? window)
    {
        long rows = layout.Seen.size(0);
        Tensor past = ones([rows, _count, _past], dtype: ScalarType.Bool, device: _device);
        Tensor seen = cat([past, layout.Seen], -1); // [B, T, past + T]
        if (window is int width)
        {
            Tensor key = cat([arange(_past, device: _device).expand(rows, _past), layout.Positions], -1);
            seen = seen.logical_and(key.unsqueeze(1) > (layout.Positions - width).unsqueeze(-1));
        }

        return seen.unsqueeze(1);
    }
}
