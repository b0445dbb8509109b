using LayerTool.Faults;
using LayerTool.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Tensors;

/// <summary>
/// Safetensors files mapped into memory, one map a file and type. A tensor is a view of a map: nothing is copied, and only the
/// pages that are touched are read. What has to become another type is read past the maps, since pages of a map that were touched
/// count as memory in use. The files must not be written to while they are used.
/// </summary>
internal sealed class MappedFiles : IDisposable
{
    private const long PieceBytes = 16 << 20;

    private readonly Dictionary<(string File, ScalarType Dtype), Tensor> _maps = [];
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <summary>A view of a stored tensor, in its stored type; the caller disposes it.</summary>
    /// <exception cref="LayerToolException">The type cannot be computed with, or the file does not map.</exception>
    public Tensor View(TensorEntry entry)
    {
        using DisposeScope scope = NewDisposeScope();
        ScalarType dtype = TorchDtypes.Of(entry);
        long width = entry.Dtype.Bits / 8;
        long[] shape = [.. entry.Shape];
        long fileBytes = Use(entry);
        if (entry.ByteCount == 0)
        {
            return empty(shape, dtype: dtype).MoveToOuterDisposeScope();
        }

        if (entry.Offset % width != 0)
        {
            return Copy(entry, dtype, dtype, CPU).MoveToOuterDisposeScope(); // it starts between two elements of its type
        }

        if (!_maps.TryGetValue((entry.File, dtype), out Tensor? map))
        {
            map = from_file(entry.File, false, fileBytes / width, dtype).DetachFromDisposeScope();
            _maps.Add((entry.File, dtype), map);
        }

        return map.narrow(0, entry.Offset / width, entry.ElementCount).view(shape).MoveToOuterDisposeScope();
    }

    /// <summary>A stored tensor in another type or place, read piece by piece; the caller disposes it.</summary>
    /// <param name="entry">The tensor.</param>
    /// <param name="through">A type that its values are rounded to on the way.</param>
    /// <param name="dtype">The type of the copy.</param>
    /// <param name="device">Where the copy is.</param>
    /// <inheritdoc cref="View" path="/exception" />
    public Tensor Copy(TensorEntry entry, ScalarType through, ScalarType dtype, Device device)
    {
        using DisposeScope scope = NewDisposeScope();
        ScalarType stored = TorchDtypes.Of(entry);
        Use(entry);
        int width = entry.Dtype.Bits / 8;
        Tensor copy = empty([entry.ElementCount], dtype: dtype, device: device);
        Tensor piece = empty([Math.Min(entry.ElementCount, PieceBytes / width)], dtype: stored);
        using FileStream stream = new(entry.File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        stream.Position = entry.Offset;
        for (long done = 0; done < entry.ElementCount; done += piece.numel())
        {
            using DisposeScope step = NewDisposeScope();
            Tensor part = piece.narrow(0, 0, Math.Min(piece.numel(), entry.ElementCount - done));
            stream.ReadExactly(part.bytes);
            copy.narrow(0, done, part.numel()).copy_(part.to(through));
        }

        return copy.view([.. entry.Shape]).MoveToOuterDisposeScope();
    }

    /// <summary>Whether any tensor of that file was taken.</summary>
    public bool Holds(string file) => _used.Contains(file);

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (Tensor map in _maps.Values)
        {
            map.Dispose();
        }

        _maps.Clear();
    }

    /// <summary>The size of a tensor's file, which is in use from now on.</summary>
    private long Use(TensorEntry entry)
    {
        if (new FileInfo(entry.File) is not { Exists: true } file || file.Length < entry.Offset + entry.ByteCount)
        {
            throw new LayerToolException($"{entry.File}: is gone or became shorter since its header was read", "do not change a checkpoint while it is used");
        }

        _used.Add(entry.File);
        return file.Length;
    }
}
