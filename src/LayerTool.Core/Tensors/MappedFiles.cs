using LayerTool.Faults;
using LayerTool.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Tensors;

/// <summary>
/// Safetensors files mapped into memory, one map a file and type. A tensor is a view of a map: nothing is copied, and only the
/// pages that are touched are read. The files must not be written to while they are mapped.
/// </summary>
internal sealed class MappedFiles : IDisposable
{
    private readonly Dictionary<(string File, ScalarType Dtype), Tensor> _maps = [];

    /// <summary>A view of a stored tensor, in its stored type; the caller disposes it.</summary>
    /// <exception cref="LayerToolException">The type cannot be computed with, or the file does not map.</exception>
    public Tensor View(TensorEntry entry)
    {
        using DisposeScope scope = NewDisposeScope();
        ScalarType dtype = TorchDtypes.Of(entry);
        long width = entry.Dtype.Bits / 8;
        long[] shape = [.. entry.Shape];
        if (new FileInfo(entry.File) is not { Exists: true } file || file.Length < entry.Offset + entry.ByteCount)
        {
            throw new LayerToolException($"{entry.File}: is gone or became shorter since its header was read", "do not change a checkpoint while it is used");
        }

        if (entry.ByteCount == 0)
        {
            return empty(shape, dtype: dtype).MoveToOuterDisposeScope();
        }

        if (entry.Offset % width != 0)
        {
            return ReadUnaligned(entry, dtype, shape).MoveToOuterDisposeScope();
        }

        if (!_maps.TryGetValue((entry.File, dtype), out Tensor? map))
        {
            long elements = file.Length / width;
            map = from_file(entry.File, false, elements, dtype).DetachFromDisposeScope();
            _maps.Add((entry.File, dtype), map);
        }

        return map.narrow(0, entry.Offset / width, entry.ElementCount).view(shape).MoveToOuterDisposeScope();
    }

    /// <summary>Whether any view of that file was made.</summary>
    public bool Holds(string file) => _maps.Keys.Any(map => map.File == file);

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (Tensor map in _maps.Values)
        {
            map.Dispose();
        }

        _maps.Clear();
    }

    /// <summary>A tensor that starts between two elements of its type cannot be viewed: it is read.</summary>
    private static Tensor ReadUnaligned(TensorEntry entry, ScalarType dtype, long[] shape)
    {
        Tensor tensor = empty(shape, dtype: dtype);
        using FileStream stream = File.OpenRead(entry.File);
        stream.Position = entry.Offset;
        stream.ReadExactly(tensor.bytes);
        return tensor;
    }
}
