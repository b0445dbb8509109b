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
            tensors = Scaled(checkpoint.Layers.InLayer(layer));
            _layers.Add(layer, tensors);
        }

        double? attention = null, mlp = null;
        foreach (ScaledTensor tensor in tensors)
        {
            double scale = tensor.Setting?.At(place) ?? 1;
            switch (tensor.Half)
            {
                case TensorRole.Attention:
                    attention = Joined(attention, scale, tensor);
                    break;
                case TensorRole.Mlp:
                    mlp = Joined(mlp, scale, tensor);
                    break;
                default:
                    RequireOne(scale, tensor);
                    break;
            }
        }

        return (attention ?? 1, mlp ?? 1);
    }

    /// <summary>Refuses a scale on tensors outside the layers, where gradients have their first value.</summary>
    /// <exception cref="LayerToolException">A scale other than 1: the tensor is named.</exception>
    public void RequireNone(ImmutableArray<TensorEntry> outside)
    {
        if (!slice.Scale.IsEmpty)
        {
            foreach (ScaledTensor tensor in Scaled(outside))
            {
                RequireOne(tensor.Setting?.At(0) ?? 1, tensor);
            }
        }
    }

    private ImmutableArray<ScaledTensor> Scaled(ImmutableArray<TensorEntry> tensors) =>
    [
        .. tensors.Select(tensor =>
        {
            string name = MergeTables.FilterName(tensor.Name);
            return new ScaledTensor(tensor.Name, slice.Scale.FirstOrDefault(setting => setting.Holds(name)), HalfOf(tensor.Name));
        }),
    ];

    /// <summary>The half whose output projection a tensor is part of, or null.</summary>
    private TensorRole? HalfOf(string name)
    {
        if (checkpoint.Architecture?.Names is not TensorNames names)
        {
            return null;
        }

        string suffix = checkpoint.Layers.Place(name).Suffix;
        bool Is(string module) => suffix == module + ".weight" || suffix == module + ".bias";
        return Is(names.AttentionOutput) ? TensorRole.Attention : Is(names.MlpOutput) ? TensorRole.Mlp : null;
    }

    private double Joined(double? known, double scale, ScaledTensor tensor)
    {
        if (scale < 0 || (known is double other && other != scale))
        {
            throw Fault(tensor, scale, scale < 0 ? "a gain is not negative" : string.Create(CultureInfo.InvariantCulture, $"the rest of that projection has {known}"));
        }

        return scale;
    }

    private void RequireOne(double scale, ScaledTensor tensor)
    {
        if (scale != 1)
        {
            throw Fault(tensor, scale, checkpoint.Architecture is ArchitectureSpec family
                ? $"a plan scales the outputs of the halves alone, `{family.Names.AttentionOutput}` and `{family.Names.MlpOutput}`"
                : $"LayerTool does not know which tensors of a `{checkpoint.TextModelType}` model are the outputs of its halves");
        }
    }

    private LayerToolException Fault(ScaledTensor tensor, double scale, string reason) => new(
        string.Create(CultureInfo.InvariantCulture, $"{file}: line {slice.Line}: `scale` is {scale} for {Quoted.Text(tensor.Name)} of {slice.Model}: {reason}"),
        "narrow the filter, or write the merge with mergekit and edit the result");

    private readonly record struct ScaledTensor(string Name, MergeSetting? Setting, TensorRole? Half);
}
