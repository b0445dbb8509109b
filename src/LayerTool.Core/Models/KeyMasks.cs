using LayerTool.Architectures;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>Which keys the queries of a pass see, written out; one mask a reach, each made once.</summary>
/// <param name="real">[B, past + T] with 1 for real tokens, or null where all are; borrowed.</param>
/// <param name="layout">Where the new tokens stand, instead of one behind the other; borrowed.</param>
/// <param name="positions">Positions of all tokens [B or 1, past + T]; borrowed. Masks are made where they are.</param>
/// <param name="past">Cached tokens.</param>
/// <param name="count">New tokens.</param>
internal sealed class KeyMasks(Tensor? real, TokenLayout? layout, Tensor positions, int past, int count) : IDisposable
{
    private readonly Dictionary<KeyReach, Tensor> _masks = [];

    /// <summary>[B or 1, 1, T, past + T], borrowed.</summary>
    /// <param name="reach">How far back a layer sees.</param>
    public Tensor Of(KeyReach reach)
    {
        if (!_masks.TryGetValue(reach, out Tensor? seen))
        {
            using DisposeScope scope = NewDisposeScope();
            seen = (layout is null ? InLine(reach) : ByLayout(layout, reach)).DetachFromDisposeScope();
            _masks.Add(reach, seen);
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

    private Tensor InLine(KeyReach reach)
    {
        Tensor query = arange(past, past + count, device: positions.device).unsqueeze(-1); // [T, 1]
        Tensor key = arange(0, past + count, device: positions.device); // [S]
        Tensor seen = key <= query; // [T, S]
        if (reach is { Tokens: int width, InChunks: false })
        {
            seen = seen.logical_and(key > query - width);
        }

        seen = seen.unsqueeze(0).unsqueeze(0);
        if (reach is { Tokens: int chunk, InChunks: true })
        {
            seen = seen.logical_and(InOwnChunk(chunk).unsqueeze(1));
        }

        // A padded query sees itself: a row without any key would be NaN and spread from there.
        return real is null ? seen : seen.logical_and(real.to(ScalarType.Bool).unsqueeze(1).unsqueeze(1)).logical_or(key == query);
    }

    // The cached tokens are the past of every row.
    private Tensor ByLayout(TokenLayout placed, KeyReach reach)
    {
        Tensor before = ones([placed.Seen.size(0), count, past], dtype: ScalarType.Bool, device: positions.device);
        Tensor seen = cat([before, placed.Seen], -1); // [B, T, past + T]
        if (reach.Tokens is int width)
        {
            seen = seen.logical_and(reach.InChunks ? InOwnChunk(width) : positions.unsqueeze(1) > (placed.Positions - width).unsqueeze(-1));
        }

        return seen.unsqueeze(1);
    }

    /// <summary>Which keys stand in the chunk of a query, [B or 1, T, past + T]: real tokens count.</summary>
    private Tensor InOwnChunk(int size)
    {
        Tensor chunks = positions.div(size, RoundingMode.floor);
        return chunks.unsqueeze(1) == chunks.narrow(1, past, count).unsqueeze(-1);
    }
}
