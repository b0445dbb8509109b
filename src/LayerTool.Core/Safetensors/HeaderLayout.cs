using System.Collections.Immutable;
using LayerTool.Faults;

namespace LayerTool.Safetensors;

/// <summary>Checks that the tensors of a header cover the data of its file exactly once.</summary>
internal static class HeaderLayout
{
    /// <summary>The tensors in the order of their offsets.</summary>
    /// <exception cref="LayerToolException">A gap, an overlap, or a file that is shorter or longer than its header says.</exception>
    public static ImmutableArray<TensorEntry> Check(string file, List<TensorEntry> tensors, long dataStart, long fileSize)
    {
        // Empty tensors sort before the one that starts where they lie; the sort is stable.
        ImmutableArray<TensorEntry> ordered = [.. tensors.OrderBy(tensor => tensor.Offset).ThenBy(tensor => tensor.ByteCount)];
        long end = dataStart;
        TensorEntry? previous = null;
        foreach (TensorEntry tensor in ordered)
        {
            if (tensor.Offset != end)
            {
                throw Misplaced(file, previous, tensor, end, dataStart);
            }

            previous = tensor;
            end += tensor.ByteCount;
        }

        if (end > fileSize)
        {
            throw new LayerToolException($"{file}: is cut off: by its header it has {end} bytes, there are {fileSize}", SafetensorsHeader.Again);
        }

        return end == fileSize
            ? ordered
            : throw new LayerToolException($"{file}: has {fileSize - end} bytes behind its last tensor, which the header does not name", SafetensorsHeader.Again);
    }

    private static LayerToolException Misplaced(string file, TensorEntry? previous, TensorEntry tensor, long end, long dataStart)
    {
        string begins = $"tensor {Quoted.Text(tensor.Name)} begins at byte {tensor.Offset - dataStart} of the data";
        string what = previous is null
            ? $"{begins}, expected 0"
            : tensor.Offset < end
                ? $"{begins}, inside tensor {Quoted.Text(previous.Name)}, which ends at {end - dataStart}"
                : $"{begins}, expected {end - dataStart}, where tensor {Quoted.Text(previous.Name)} ends: the bytes between belong to no tensor";
        return new LayerToolException($"{file}: {what}", SafetensorsHeader.Again);
    }
}
