using LayerTool.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Scoring;

/// <summary>
/// Adds up, over the tokens of forward passes, how much each slot and each of its halves turns the residual stream. What it
/// keeps is three sums a slot, whatever the number of tokens.
/// </summary>
/// <remarks>
/// Inside a slot the stream is taken in float32: a half's update is added to the stream here where the model runs in a narrower
/// type, whose own sum would round small updates away and call the half useless.
/// </remarks>
internal sealed class ScoreObserver : IActivationObserver, IDisposable
{
    // Rows that stay in the processor's cache while they are read nine times.
    private const long ChunkElements = 1 << 18;

    private readonly Tensor _sums; // [slots, 3]: attention, MLP, block; float64
    private readonly CancellationToken _cancellation;
    private Tensor? _input; // [N, H], the stream in front of the slot that is running
    private Tensor? _between; // [N, H], the stream between its halves
    private Tensor? _stream; // [N, H], the float32 sum so far

    public ScoreObserver(int slots, Device device, CancellationToken cancellation)
    {
        _sums = zeros(slots, 3, dtype: ScalarType.Float64, device: device).DetachFromDisposeScope();
        _cancellation = cancellation;
    }

    /// <summary>Whether an embedding that reached the first slot was not finite.</summary>
    public bool EmbeddingFailed { get; private set; }

    /// <summary>The sums so far, [slots, 3] in row order: attention, MLP, block.</summary>
    public double[] ReadSums()
    {
        using Tensor sums = _sums.cpu();
        return sums.data<double>().ToArray();
    }

    public Tensor? Observe(ActivationSite site, Tensor state)
    {
        using DisposeScope scope = NewDisposeScope();
        bool narrow = state.dtype != ScalarType.Float32;
        switch (site.Place)
        {
            case ActivationPlace.Embedding:
                EmbeddingFailed |= !state.sum(ScalarType.Float32).isfinite().item<bool>();
                break;
            case ActivationPlace.SlotInput:
                _cancellation.ThrowIfCancellationRequested();
                Hold(ref _input, Rows(state));
                Hold(ref _stream, _input!);
                break;
            case ActivationPlace.AttentionOutput or ActivationPlace.MlpOutput when narrow:
                Hold(ref _stream, _stream! + Rows(state));
                break;
            case ActivationPlace.MlpInput:
                Hold(ref _between, narrow ? _stream! : Rows(state));
                break;
            case ActivationPlace.SlotOutput:
                _sums.select(0, site.Slot).add_(Changes(_input!, _between!, narrow ? _stream! : Rows(state)));
                Release();
                break;
        }

        return null;
    }

    public void Dispose()
    {
        Release();
        _sums.Dispose();
    }

    // The stream at three places of a slot → [3], float64.
    private static Tensor Changes(Tensor input, Tensor between, Tensor output)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor total = zeros(3, dtype: ScalarType.Float64, device: input.device);
        long count = input.size(0);
        long chunk = Math.Max(1, ChunkElements / input.size(1));
        for (long start = 0; start < count; start += chunk)
        {
            using DisposeScope pass = NewDisposeScope();
            long length = Math.Min(chunk, count - start);
            Tensor before = DirectionChange.Unit(input.narrow(0, start, length));
            Tensor middle = DirectionChange.Unit(between.narrow(0, start, length));
            Tensor after = DirectionChange.Unit(output.narrow(0, start, length));
            total.add_(stack([DirectionChange.Sum(before, middle), DirectionChange.Sum(middle, after), DirectionChange.Sum(before, after)]));
        }

        return total.MoveToOuterDisposeScope();
    }

    // [B, T, H] → [B · T, H] in float32.
    private static Tensor Rows(Tensor state) => state.reshape(-1, state.size(-1)).to(ScalarType.Float32);

    // States are never written in place, so that another handle on the same memory is as good as a copy.
    private static void Hold(ref Tensor? held, Tensor rows)
    {
        Tensor alias = rows.alias().DetachFromDisposeScope();
        held?.Dispose();
        held = alias;
    }

    private void Release()
    {
        _input?.Dispose();
        _between?.Dispose();
        _stream?.Dispose();
        _input = null;
        _between = null;
        _stream = null;
    }
}
