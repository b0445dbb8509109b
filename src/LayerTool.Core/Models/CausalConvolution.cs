using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>A causal convolution of each channel with itself; before the first token there are zeros.</summary>
/// <param name="weight">[C, 1, kernel].</param>
/// <param name="bias">[C], or null.</param>
internal sealed class CausalConvolution(Tensor weight, Tensor? bias)
{
    /// <summary>Name of what the cache keeps of a slot: the last kernel − 1 inputs.</summary>
    private const string Kept = "convolution";

    /// <summary>[B, T, C] → [B, T, C].</summary>
    public Tensor Apply(Tensor input, ForwardPass pass, int slot)
    {
        using DisposeScope scope = NewDisposeScope();
        long past = weight.size(2) - 1;
        Tensor before = pass.Cache?.FindState(slot, Kept) ?? zeros([input.size(0), past, input.size(2)], dtype: input.dtype, device: input.device);
        Tensor padded = cat([before, input], 1); // [B, kernel − 1 + T, C]
        pass.Cache?.KeepState(slot, Kept, padded.narrow(1, padded.size(1) - past, past));
        Tensor mixed = nn.functional.conv1d(padded.transpose(1, 2), weight, bias!, groups: weight.size(0));
        return mixed.transpose(1, 2).MoveToOuterDisposeScope();
    }
}
