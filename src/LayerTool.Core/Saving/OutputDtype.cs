using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Safetensors;

namespace LayerTool.Saving;

/// <summary>The type that weights are written in: their own, or one that all are cast to.</summary>
internal sealed class OutputDtype
{
    private readonly TensorDtype? _dtype;

    private OutputDtype(TensorDtype? dtype)
    {
        _dtype = dtype;
    }

    /// <summary>The type that all are cast to, as torch and config.json call it; null where each keeps its own.</summary>
    public string? Name => _dtype is not TensorDtype dtype ? null
        : dtype == TensorDtype.BF16 ? "bfloat16"
        : dtype == TensorDtype.F16 ? "float16"
        : "float32";

    /// <summary>Takes the type asked for.</summary>
    /// <param name="dtype">F32, BF16 or F16; null to keep what is there.</param>
    /// <param name="sources">The sources.</param>
    /// <exception cref="LayerToolException">Weights of a source are quantised: the first tensor that cannot be cast is named.</exception>
    public static OutputDtype Of(TensorDtype? dtype, IEnumerable<SaveSource> sources)
    {
        if (dtype is not null && sources.FirstOrDefault(source => source.Checkpoint.IsQuantized) is SaveSource quantized)
        {
            IReadOnlyCollection<TensorEntry> tensors = [.. quantized.Checkpoint.Tensors.Values];
            TensorEntry first = tensors.FirstOrDefault(tensor => tensor.Name.Contains("scale", StringComparison.Ordinal)) ?? tensors.First();
            throw new LayerToolException(
                $"tensor {Quoted.Text(first.Name)} of {first.File} belongs to quantised weights: cast to another type it would no longer be their scale",
                "leave `--save-dtype` out, or take the checkpoint that was quantised");
        }

        return new OutputDtype(dtype);
    }

    /// <summary>The type that a tensor is written in. Whole numbers and buffers keep theirs.</summary>
    /// <param name="suffix">What follows the layer's number in its name; the whole name outside the layers.</param>
    /// <param name="tensor">The tensor.</param>
    /// <exception cref="LayerToolException">It is of a type that cannot be cast.</exception>
    public TensorDtype For(string suffix, TensorEntry tensor)
    {
        if (_dtype is not TensorDtype dtype || LayerBuffers.Contains(suffix, tensor))
        {
            return tensor.Dtype;
        }

        if (TensorScaling.Supports(tensor.Dtype))
        {
            return dtype;
        }

        return tensor.Dtype.IsFloat || tensor.Dtype.Bits < 8
            ? throw new LayerToolException(
                $"tensor {Quoted.Text(tensor.Name)} of {tensor.File} is {tensor.Dtype}, which cannot be cast to {dtype}",
                "leave `--save-dtype` out: F32, BF16 and F16 can be cast")
            : tensor.Dtype;
    }
}
