using LayerTool.Architectures;
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
    /// are kept, since they belong to the code that runs the main source. Where layers of the main source lack halves, each half may
    /// have its counterpart in another layer, or none at all.
    /// </summary>
    /// <param name="main">The main source.</param>
    /// <param name="source">The other source.</param>
    /// <param name="layer">Its layer.</param>
    /// <param name="isWritten">Whether a tensor is written at all, by what follows the layer's number.</param>
    /// <exception cref="LayerToolException">No layer of the main source has the same tensors; the first difference is named.</exception>
    public static IReadOnlyDictionary<string, TensorEntry> Pattern(SaveSource main, SaveSource source, int layer, Func<string, bool> isWritten)
    {
        Dictionary<string, TensorEntry> donor = Part(source.Layer(layer), isWritten);
        if (Find(main, source, layer, donor, isWritten, out LayerToolException? difference) is { } whole)
        {
            return whole;
        }

        if (Enumerable.Range(0, main.Naming.Count).All(index => main.Naming.Stored(index) == LayerHalves.Both))
        {
            throw difference!;
        }

        Dictionary<string, TensorEntry> halves = [];
        foreach (TensorRole? role in (TensorRole?[])[TensorRole.Attention, TensorRole.Mlp, TensorRole.Layer, null])
        {
            bool IsOfRole(string suffix) => isWritten(suffix) && source.Naming.Role(suffix) == role;

            Dictionary<string, TensorEntry> half = Part(donor, IsOfRole);
            bool isKnown = Enumerable.Range(0, main.Naming.Count).Any(index => Part(main.Layer(index), IsOfRole).Count > 0);
            IReadOnlyDictionary<string, TensorEntry> pattern = half.Count == 0 || !isKnown ? half
                : Find(main, source, layer, half, IsOfRole, out difference) ?? throw difference!;
            foreach ((string suffix, TensorEntry tensor) in pattern)
            {
                halves.Add(suffix, tensor);
            }
        }

        return halves;
    }

    private static Dictionary<string, TensorEntry>? Find(
        SaveSource main, SaveSource source, int layer, Dictionary<string, TensorEntry> donor, Func<string, bool> isWritten, out LayerToolException? first)
    {
        int counterpart = Math.Min(layer, main.Naming.Count - 1);
        first = main.Naming.Count > 0 ? null : new LayerToolException($"{main.Checkpoint.Folder}: has no layers", "take a checkpoint that has some");
        foreach (int candidate in Enumerable.Range(0, main.Naming.Count).OrderBy(index => Math.Abs(index - counterpart)))
        {
            Dictionary<string, TensorEntry> pattern = Part(main.Layer(candidate), isWritten);
            if (Difference(candidate, pattern, source, layer, donor) is not LayerToolException difference)
            {
                return pattern;
            }

            first ??= difference;
        }

        return null;
    }

    private static Dictionary<string, TensorEntry> Part(IEnumerable<KeyValuePair<string, TensorEntry>> layer, Func<string, bool> isWritten) =>
        layer.Where(tensor => isWritten(tensor.Key)).ToDictionary();

    private static LayerToolException? Difference(
        int candidate, Dictionary<string, TensorEntry> pattern, SaveSource source, int layer, Dictionary<string, TensorEntry> donor)
    {
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
    private static string? FirstAbsent(Dictionary<string, TensorEntry> layer, Dictionary<string, TensorEntry> other) =>
        layer.Where(part => !LayerBuffers.Contains(part.Key, part.Value)).Select(part => part.Key).FirstOrDefault(suffix => !other.ContainsKey(suffix));
}
