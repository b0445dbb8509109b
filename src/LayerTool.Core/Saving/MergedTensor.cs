using LayerTool.Adapters;
using LayerTool.Faults;
using LayerTool.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Saving;

/// <summary>A weight with an adapter's update in it: worked out in float32, then multiplied, then rounded once to the type of the output.</summary>
internal static class MergedTensor
{
    private const long PieceBytes = 1 << 22;

    /// <summary>Takes a piece of the bytes.</summary>
    public delegate void Piece(ReadOnlySpan<byte> bytes);

    /// <summary>Works it out, one tensor at a time, and gives its bytes in order.</summary>
    /// <exception cref="LayerToolException">A file cannot be read, or a value does not fit the output's type.</exception>
    public static void Write(OutputTensor tensor, Piece write)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        using MappedFiles files = new();
        AdaptedModule module = tensor.Update!;
        Tensor merged = module.Load(files, CPU).Merge(files.View(tensor.Source), module.IsTransposed);
        Tensor written = (tensor.Gain == 1 ? merged : Gains.Apply(merged, tensor.Gain, tensor.Place)).to(TorchDtypes.Find(tensor.Dtype)!.Value);
        if (!written.isfinite().all().item<bool>() && merged.isfinite().all().item<bool>())
        {
            throw new LayerToolException(
                $"tensor {Quoted.Text(tensor.Source.Name)} of {tensor.Source.File} does not fit {tensor.Dtype} with the update of the adapter in it", "save in a wider type: `--save-dtype float32`");
        }

        long rows = Math.Max(1, PieceBytes / Math.Max(1, written.numel() / written.size(0) * written.ElementSize));
        for (long row = 0; row < written.size(0); row += rows)
        {
            write(written.narrow(0, row, Math.Min(rows, written.size(0) - row)).bytes);
        }
    }
}
