using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Safetensors;

namespace LayerTool.Saving;

/// <summary>A layer of another source for a place among the main source's layers.</summary>
internal static class DonorLayer
{
    /// <summary>
    /// The layer of the main source whose tensors the other source's layer has, name by name: never a part of a layer. Its buffers
    /// are kept, since they belong to the code that runs the main source.
    /// </summary>
    /// <exception cref="LayerToolException">No layer of the main source has the same tensors; the first difference is named.</exception>
    public static IReadOnlyDictionary<string, TensorEntry> Pattern(SaveSource main, SaveSource source, int layer)
    {
        IReadOnlyDictionary<string, TensorEntry> donor = source.Layer(layer);
        int counterpart = Math.Min(layer, main.Naming.Count - 1);
        LayerToolException? first = null;
        foreach (int candidate in Enumerable.Range(0, main.Naming.Count).OrderBy(index => Math.Abs(index - counterpart)))
        {
            if (Difference(main, candidate, source, layer, donor) is not LayerToolException difference)
            {
                return main.Layer(candidate);
            }

            first ??= difference;
        }

        throw first ?? new LayerToolException($"{main.Checkpoint.Folder}: has no layers", "give a checkpoint whose layers are named as `model.layers.N`");
    }

    private static LayerToolException? Difference(SaveSource main, int candidate, SaveSource source, int layer, IReadOnlyDictionary<string, TensorEntry> donor)
    {
        IReadOnlyDictionary<string, TensorEntry> pattern = main.Layer(candidate);
        if (FirstAbsent(pattern, donor) is string missing)
        {
            return new LayerToolException(
                $"layer {layer} of `{source.Name}` ({source.Checkpoint.Folder}) has no {Quoted.Text(missing)}, which layer {candidate} of `{LayerPlan.Main}` has",
                "layers can come from a checkpoint of the same architecture only");
        }

        return FirstAbsent(donor, pattern) is string extra
            ? new LayerToolException(
                $"layer {layer} of `{source.Name}` ({source.Checkpoint.Folder}) has {Quoted.Text(extra)}, which layer {candidate} of `{LayerPlan.Main}` has not",
                "layers can come from a checkpoint of the same architecture only")
            : null;
    }

    /// <summary>The first tensor of a layer, buffers aside, that another layer has not.</summary>
    private static string? FirstAbsent(IReadOnlyDictionary<string, TensorEntry> layer, IReadOnlyDictionary<string, TensorEntry> other) =>
        layer.Where(part => !LayerBuffers.Contains(part.Key, part.Value)).Select(part => part.Key).FirstOrDefault(suffix => !other.ContainsKey(suffix));
}
