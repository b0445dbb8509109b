using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>Which keys the queries of a pass see, written out; one mask a window, each made once.</summary>
/// <param name="real">[B, past + T] with 1 for real tokens, or null where all are; borrowed.</param>
/// <param name="layout">Where the new tokens stand, instead of one behind the other; borrowed.</param>
/// <param name="past">Cached tokens.</param>
/// <param name="count">New tokens.</param>
/// <param name="device">Where masks are made.</param>
internal sealed class KeyMasks(Tensor? real, TokenLayout? layout, int past, int count, Device device) : IDisposable
{
    private readonly Dictionary<int, Tensor> _masks = [];

    /// <summary>[B or 1, 1, T, past + T], borrowed.</summary>
    /// <param name="window">Number of tokens seen, the own one included; null for all.</param>
    public Tensor Of(int? window)
    {
        if (!_masks.TryGetValue(window ?? 0, out Tensor? seen))
        {
            using DisposeScope scope = NewDisposeScope();
            seen = (layout is null ? InLine(window) : ByLayout(layout, window)).DetachFromDisposeScope();
            _masks.Add(window ?? 0, seen);
        }

        return seen;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (Tensor mask in _masks.Values)
        {
            mask.Dispose();
        }

        _masks.Clear();
    }

    private Tensor InLine(int? window)
    {
        Tensor query = arange(past, past + count, device: device).unsqueeze(-1); // [T, 1]
        Tensor key = arange(0, past + count, device: device); // [S]
        Tensor seen = key <= query; // [T, S]
        if (window is int width)
        {
            seen = seen.logical_and(key > query - width);
        }

        seen = seen.unsqueeze(0).unsqueeze(0);

        // A padded query sees itself: a row without any key would be NaN and spread from there.
        return real is null ? seen : seen.logical_and(real.to(ScalarType.Bool).unsqueeze(1).unsqueeze(1)).logical_or(key == query);
    }

    // The cached tokens are the past of every row.
    private Tensor ByLayout(TokenLayout placed, int? window)
    {
        long rows = placed.Seen.size(0);
        Tensor before = ones([rows, count, past], dtype: ScalarType.Bool, device: device);
        Tensor seen = cat([before, placed.Seen], -1); // [B, T, past + T]
        if (window is int width)
        {
            Tensor key = cat([arange(past, device: device).expand(rows, past), placed.Positions], -1);
            seen = seen.logical_and(key.unsqueeze(1) > (placed.Positions - width).unsqueeze(-1));
        }

        return seen.unsqueeze(1);
    }
}
