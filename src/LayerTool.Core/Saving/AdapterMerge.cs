using LayerTool.Adapters;
using LayerTool.Faults;
using LayerTool.Safetensors;

namespace LayerTool.Saving;

/// <summary>What adapters that are merged do to the tensors of the sources; nothing where they travel beside the checkpoint.</summary>
/// <param name="choices">The adapters, and whether they are merged.</param>
internal sealed class AdapterMerge(SaveChoices choices)
{
    private const string Beside = "leave `--merge-adapters` out, so that the adapter travels beside the checkpoint";

    /// <summary>What is written in the place of a tensor: another, or the same with an update in it.</summary>
    /// <param name="adapter">Name of the adapter of the tensor's slot, or null.</param>
    /// <param name="source">The tensor's source.</param>
    /// <param name="tensor">The tensor.</param>
    /// <exception cref="LayerToolException">The tensor is of a type that is not computed with.</exception>
    public (TensorEntry Tensor, AdaptedModule? Update) Of(string? adapter, SaveSource source, TensorEntry tensor)
    {
        if (adapter is null || !choices.MergeAdapters)
        {
            return (tensor, null);
        }

        BoundAdapter bound = choices.Adapters.Bind(adapter, source.Checkpoint);
        int range = choices.Adapters.Find(adapter)!.Value.Range;
        AdaptedModule? update = bound.Update(tensor.Name, range);
        if (update is not null && !TensorScaling.Supports(tensor.Dtype))
        {
            throw new LayerToolException($"tensor {Quoted.Text(tensor.Name)} of {tensor.File} is {tensor.Dtype}: a merge needs F32, F16 or BF16", Beside);
        }

        return (bound.Replacement(tensor.Name, range)?.Tensor.Entry ?? tensor, update);
    }

    /// <summary>Refuses a merge into the one table that is both embedding and head.</summary>
    /// <exception cref="LayerToolException">It changes one of them.</exception>
    public void RequireOwnHead(string? adapter, SaveSource main)
    {
        if (adapter is null || !choices.MergeAdapters || !main.Checkpoint.Config.TiedEmbeddings)
        {
            return;
        }

        BoundAdapter bound = choices.Adapters.Bind(adapter, main.Checkpoint);
        if (bound.Modules.Any(module => bound.IsEnd(module.Weight)) || bound.Tensors.Any(tensor => bound.IsEnd(tensor.Base)))
        {
            throw new LayerToolException(
                $"the adapter `{adapter}` changes the embedding or the head, and {main.Checkpoint.Folder} has one table for both: merged, it would change both", Beside);
        }
    }
}
