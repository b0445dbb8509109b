using System.Collections.Immutable;
using System.Globalization;
using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Safetensors;

namespace LayerTool.Mergekit;

/// <summary>The <c>scale</c> of one slice, tensor by tensor, brought to the gains of the halves: no plan scales anything else.</summary>
/// <param name="file">The merge file, for messages.</param>
/// <param name="slice">The slice.</param>
/// <param name="checkpoint">The checkpoint that the slice takes layers from.</param>
internal sealed class MergeScale(string file, MergeSlice slice, Checkpoint checkpoint)
{
    private readonly Dictionary<int, ImmutableArray<ScaledTensor>> _layers = [];
    private readonly MergeOutputs _outputs = new(checkpoint);

    /// <summary>The gains of a layer's halves.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="place">Its place in the slice: 0 for the first, 1 for the last, 1 for one alone.</param>
    /// <exception cref="LayerToolException">A scale that is no gain: the tensor is named.</exception>
    public (double Attention, double Mlp) Gains(int layer, double place)
    {
        if (slice.Scale.IsEmpty)
        {
            return (1, 1);
        }

        if (!_layers.TryGetValue(layer, out ImmutableArray<ScaledTensor> tensors))
        {
            tensors = Scaled(layer, checkpoint.Layers.InLayer(layer));
            _layers.Add(layer, tensors);
        }

        Half attention = new(), mlp = new();
        foreach (ScaledTensor tensor in tensors)
        {
            double scale = tensor.Setting?.At(place) ?? 1;
            if (tensor.Effect == ScaleEffect.Other)
            {
                RequireOne(scale, tensor);
            }
            else
            {
                Join(tensor.Half == TensorRole.Attention ? attention : mlp, scale, tensor);
            }
        }

        return (attention.Gain, mlp.Gain);
    }

    /// <summary>Refuses a scale on tensors outside the layers, where gradients have their first value.</summary>
    /// <exception cref="LayerToolException">A scale other than 1: the tensor is named.</exception>
    public void RequireNone(ImmutableArray<TensorEntry> outside)
    {
        if (!slice.Scale.IsEmpty)
        {
            foreach (ScaledTensor tensor in Scaled(-1, outside))
            {
                RequireOne(tensor.Setting?.At(0) ?? 1, tensor);
            }
        }
    }

    private ImmutableArray<ScaledTensor> Scaled(int layer, ImmutableArray<TensorEntry> tensors) =>
    [
        .. tensors.Select(tensor =>
        {
            string name = MergeTables.FilterName(tensor.Name);
            (TensorRole half, ScaleEffect effect) = _outputs.Of(layer, tensor.Name);
            return new ScaledTensor(tensor.Name, slice.Scale.FirstOrDefault(setting => setting.Holds(name)), half, effect);
        }),
    ];

    private void Join(Half half, double scale, ScaledTensor tensor)
    {
        if (scale < 0)
        {
            throw Fault(tensor, scale, "a gain is not negative");
        }

        if (tensor.Effect == ScaleEffect.UndoneByNorm)
        {
            half.IsOff |= scale == 0;
            if (scale is not (0 or 1))
            {
                throw Fault(tensor, scale, "a norm follows that projection and undoes it; on the weight of that norm a scale may be a gain");
            }

            return;
        }

        if (half.Scale is double known && known != scale)
        {
            throw Fault(tensor, scale, string.Create(CultureInfo.InvariantCulture, $"the rest of that projection has {known}"));
        }

        half.Scale = scale;
    }

    private void RequireOne(double scale, ScaledTensor tensor)
    {
        if (scale != 1)
        {
            throw Fault(tensor, scale, checkpoint is { CanRun: true, Architecture: ArchitectureSpec family }
                ? $"a plan scales what the halves end with alone, `{family.Names.AttentionOutput}` and `{family.Names.MlpOutput}`"
                : $"LayerTool does not know which tensors the halves of this `{checkpoint.TextModelType}` checkpoint end with");
        }
    }

    private LayerToolException Fault(ScaledTensor tensor, double scale, string reason) => new(
        string.Create(CultureInfo.InvariantCulture, $"{file}: line {slice.Line}: `scale` is {scale} for {Quoted.Text(tensor.Name)} of {slice.Model}: {reason}"),
        "narrow the filter, or write the merge with mergekit and edit the result");

    private readonly record struct ScaledTensor(string Name, MergeSetting? Setting, TensorRole Half, ScaleEffect Effect);

    /// <summary>What is known so far of one half.</summary>
    private sealed class Half
    {
        public double? Scale { get; set; }

        public bool IsOff { get; set; }

        public double Gain => IsOff ? 0 : Scale ?? 1;
    }
}
