using LayerTool.Architectures;
using LayerTool.Checkpoints;

namespace LayerTool.Mergekit;

/// <summary>The tensors that the halves of a checkpoint's layers end with.</summary>
/// <param name="checkpoint">The checkpoint.</param>
internal sealed class MergeOutputs(Checkpoint checkpoint)
{
    private readonly Dictionary<int, Dictionary<string, ExpectedTensor>> _layers = [];

    /// <summary>The half that a tensor ends and what a factor on it does; <see cref="ScaleEffect.Other"/> for all other tensors.</summary>
    /// <param name="layer">The layer; −1 for tensors outside the layers.</param>
    /// <param name="name">The tensor's full name.</param>
    public (TensorRole Half, ScaleEffect Effect) Of(int layer, string name)
    {
        if (layer < 0 || !checkpoint.CanRun || !Expected(layer).TryGetValue(name, out ExpectedTensor? tensor))
        {
            return (TensorRole.Layer, ScaleEffect.Other);
        }

        if (tensor.Gain == GainPlace.Weight)
        {
            return (tensor.Role, ScaleEffect.Gain);
        }

        TensorNames names = checkpoint.Config.Architecture.Names;
        string suffix = name[names.InLayer(layer, "").Length..];
        bool ends = checkpoint.Config.Architecture.Block.HasNormAfter()
            && (suffix.StartsWith(names.AttentionOutput + ".", StringComparison.Ordinal) || suffix.StartsWith(names.MlpOutput + ".", StringComparison.Ordinal));
        return (tensor.Role, ends ? ScaleEffect.UndoneByNorm : ScaleEffect.Other);
    }

    private Dictionary<string, ExpectedTensor> Expected(int layer)
    {
        if (!_layers.TryGetValue(layer, out Dictionary<string, ExpectedTensor>? tensors))
        {
            tensors = ExpectedTensors.InLayer(checkpoint.Config, layer).ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
            _layers.Add(layer, tensors);
        }

        return tensors;
    }
}
