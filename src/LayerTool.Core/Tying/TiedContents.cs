using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Safetensors;
using LayerTool.Saving;
using LayerTool.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Tying;

/// <summary>The tensors of a tied model on their way to a weight file: those of layers are computed, all others come as they are.</summary>
/// <param name="plan">How the layers are tied.</param>
/// <param name="weights">What the layers' tensors are.</param>
/// <param name="layout">Which of the forms is written.</param>
internal sealed class TiedContents(TiePlan plan, TiedWeights weights, TieLayout layout) : ITensorContents
{
    private const long PieceElements = 1 << 20;

    private readonly TensorStream _others = new(plan.Sources);

    /// <inheritdoc />
    public void Write(OutputTensor tensor, SafetensorsWriter writer, Action<int> wrote, CancellationToken cancellation)
    {
        int layers = layout == TieLayout.Compact ? plan.Map.SharedCount : plan.Map.Depths;
        if (!LayerIndex.TryRead(tensor.Name, plan.Prefix, out int layer, out string suffix) || layer >= layers || weights.Find(suffix).Kind == TiedKind.Buffer)
        {
            _others.Write(tensor, writer, wrote, cancellation);
            return;
        }

        cancellation.ThrowIfCancellationRequested();
        using Tensor value = Value(layer, suffix);
        WritePieces(value, tensor.Name, tensor.Dtype, writer, wrote, cancellation);
    }

    /// <summary>Writes a computed tensor: rounded to float32, then to the type that is stored.</summary>
    /// <exception cref="LayerToolException">A value does not fit the type, or the file cannot be written.</exception>
    public static void WritePieces(Tensor value, string name, TensorDtype dtype, SafetensorsWriter writer, Action<int> wrote, CancellationToken cancellation)
    {
        using DisposeScope scope = NewDisposeScope();
        ScalarType type = TorchDtypes.Find(dtype)!.Value;
        Tensor flat = value.reshape(-1);
        for (long start = 0; start < flat.numel(); start += PieceElements)
        {
            cancellation.ThrowIfCancellationRequested();
            using DisposeScope pieces = NewDisposeScope();
            Tensor piece = flat.narrow(0, start, Math.Min(PieceElements, flat.numel() - start)).to(ScalarType.Float32).to(type).contiguous();
            if (!piece.isfinite().all().item<bool>())
            {
                throw new LayerToolException($"tensor {Quoted.Text(name)} of the tied model holds a value that does not fit {dtype}", "save in a wider type: `--save-dtype`");
            }

            writer.Write(piece.bytes);
            wrote(piece.bytes.Length);
        }
    }

    /// <inheritdoc />
    public void RequireUnchanged()
    {
        _others.RequireUnchanged();
        weights.RequireUnchanged();
    }

    /// <inheritdoc />
    public void Dispose() => _others.Dispose();

    private Tensor Value(int layer, string suffix)
    {
        bool isShared = weights.Find(suffix).IsShared;
        return layout switch
        {
            TieLayout.Merged => weights.Merged(layer, suffix),
            TieLayout.Unrolled => isShared ? weights.Shared(plan.Map.SharedAt(layer), suffix) : weights.AtDepth(layer, suffix),
            _ => isShared ? weights.Shared(layer, suffix) : weights.AtDepth(plan.Map.DepthsOf(layer)[0], suffix),
        };
    }
}
