using LayerTool.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Scoring;

/// <summary>
/// Adds up, over the tokens of forward passes, how much each slot and each of its halves turns the residual stream. What it
/// keeps is three sums a slot, whatever the number of tokens.
/// </summary>
/// <remarks>
/// Inside a slot the updates of the halves are added to the stream here, in float32: a model that runs in a narrower type rounds
/// its own sum, small updates vanish in it, and their halves would seem useless.
/// </remarks>
internal sealed class ScoreObserver : IActivationObserver, IDisposable
{
    // Four such tensors stay in a processor's cache, from where they are read a dozen times; a device wants large kernels instead.
    private const long ChunkElementsOnCpu = 1 << 16;
    private const long ChunkElementsOnDevice = 1 << 24;

    private readonly Tensor _sums; // [slots, 3]: attention, MLP, block; float64
    private readonly CancellationToken _cancellation;
    private Tensor? _input; // [N, H], the stream in front of the slot that is running
    private Tensor? _attention; // [N, H], what its attention adds
    private Tensor? _mlp; // [N, H], what its MLP adds

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
        switch (site.Place)
        {
            case ActivationPlace.Embedding:
                EmbeddingFailed |= !state.sum(ScalarType.Float32).isfinite().item<bool>();
                break;
            case ActivationPlace.SlotInput:
                _cancellation.ThrowIfCancellationRequested();
                Release();
                _input = Hold(state);
                break;
            case ActivationPlace.AttentionOutput:
                _attention = Hold(state);
                break;
            case ActivationPlace.MlpOutput:
                _mlp = Hold(state);
                break;
            case ActivationPlace.SlotOutput:
                AddSums(_sums.select(0, site.Slot), _input!, _attention, _mlp);
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

    private static void AddSums(Tensor sums, Tensor input, Tensor? attention, Tensor? mlp)
    {
        long count = input.size(0);
        long elements = input.device.type == DeviceType.CPU ? ChunkElementsOnCpu : ChunkElementsOnDevice;
        long chunk = Math.Max(1, elements / input.size(1));
        for (long start = 0; start < count; start += chunk)
        {
            using DisposeScope scope = NewDisposeScope();
            long length = Math.Min(chunk, count - start);
            Tensor before = input.narrow(0, start, length).to(ScalarType.Float32);
            Tensor between = Sum(before, attention?.narrow(0, start, length));
            Tensor after = Sum(between, mlp?.narrow(0, start, length));
            sums.add_(DirectionChange.Sums(before, between, after).to(sums.device));
        }
    }

    // A tensor of its own in any case: the sums overwrite it.
    private static Tensor Sum(Tensor stream, Tensor? update) => update is null ? stream.clone() : stream + update;

    // [B, T, H] → [B · T, H]. States are never written in place, so that another handle on the same memory is as good as a copy.
    private static Tensor Hold(Tensor state) => state.reshape(-1, state.size(-1)).alias().DetachFromDisposeScope();

    private void Release()
    {
        _input?.Dispose();
        _attention?.Dispose();
        _mlp?.Dispose();
        _input = null;
        _attention = null;
        _mlp = null;
    }
}
